package schedules

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"readiness/notifications"
	"readiness/workpackages"
)

// Refresh shows at once what a person did: in their message of today, and in the
// one in which they did it, whose key this is, where that is another. An empty key
// is of no message.
func (d Deps) Refresh(ctx context.Context, personID, key string) error {
	o := Occasion{Instant: d.Now()}
	v, err := d.readDay(ctx, o)
	if err != nil {
		return err
	}
	to := v.person(personID)
	if to.ID == "" {
		return nil
	}
	b := &bundle{to: to}
	all, _ := d.bundles(v, "")
	if i := slices.IndexFunc(all, func(b *bundle) bool { return b.to.ID == personID }); i >= 0 {
		b = all[i]
	}
	post := d.posting(o)
	root := notifications.Key(notifications.Reminders, "", personID, string(v.today))
	_, err = d.follow(ctx, post, v, b, root)
	if key != "" && key != root {
		err = errors.Join(err, d.tick(ctx, post, v, personID, key))
	}
	return errors.Join(append(post.errs, err)...)
}

// tick marks as done, in a message to a person, what is not open for them any more.
func (d Deps) tick(ctx context.Context, post *posting, v *day, personID, key string) error {
	m, err := post.message(ctx, key)
	switch {
	case err != nil && workpackages.KindOf(err) == workpackages.NotFound:
		return nil // it was tidied away
	case err != nil:
		return err
	case m.RecipientID != personID || m.Op != notifications.Post:
		return nil // a message to somebody else is not theirs to change
	}
	yours, err := d.Mine(ctx, personID)
	if err != nil {
		return err
	}
	shown, next := m.Content.Items, 1
	for ; ; next++ {
		edit, err := post.message(ctx, tickKey(key, next))
		if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
			break
		}
		if err != nil {
			return err
		}
		shown = edit.Content.Items
	}
	items := slices.Clone(shown)
	for i, item := range items {
		open := slices.ContainsFunc(yours.Lines, func(l notifications.YourLine) bool {
			return l.Answer == nil && l.Concern.Subject == subjectOf(item.Subject)
		})
		switch {
		case !item.Asks:
		case open && item.Done: // it was answered, and that was taken back
			items[i] = m.Content.Items[i]
		case !open && !item.Done:
			items[i].Done, items[i].Detail = true, v.becameOf(item.Subject)
		}
	}
	if slices.Equal(items, shown) {
		return nil
	}
	edit := notifications.Message{
		ID: tickKey(key, next), Rule: m.Rule, Rules: m.Rules, Subjects: m.Subjects, Op: notifications.Edit, Target: key,
		RecipientID: m.RecipientID, RecipientName: m.RecipientName, Thread: m.Thread, Flat: m.Flat, Content: m.Content,
	}
	edit.Content.Items = items
	post.put(ctx, m.RecipientName, edit)
	return nil
}

func tickKey(key string, n int) string { return fmt.Sprintf("%s/ticked-%d", key, n) }
