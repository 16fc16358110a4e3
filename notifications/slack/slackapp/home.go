package slackapp

import (
	"context"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"readiness/notifications"
	ours "readiness/notifications/slack"
	"readiness/notifications/slack/blockkit"
	"readiness/workpackages"
)

// event handles what happened in Slack, and gives what it is answered at once.
func (a *App) event(e slackevents.EventsAPIEvent) any {
	if e.Type == slackevents.URLVerification {
		if c, ok := e.Data.(*slackevents.EventsAPIURLVerificationEvent); ok {
			return map[string]string{"challenge": c.Challenge}
		}
	}
	if opened, ok := e.InnerEvent.Data.(*slackevents.AppHomeOpenedEvent); ok && opened.Tab == "home" {
		// Sent again, it shows the same again.
		a.run("home", func(ctx context.Context) error {
			person, err := a.who(ctx, opened.User)
			if err != nil {
				return a.homeSays(ctx, opened.User, a.sorry(err))
			}
			return a.publish(ctx, opened.User, person, "")
		})
	}
	return nil
}

// homeSays puts one sentence on somebody's Home tab: above what is theirs, or for
// who is not known here in place of it.
func (a *App) homeSays(ctx context.Context, user, says string) error {
	person, err := a.who(ctx, user)
	if err == nil {
		return a.publish(ctx, user, person, says)
	}
	b := blockkit.View()
	b.Section("", blockkit.Text(says, maxSentence), nil)
	return a.put(ctx, user, b)
}

// showHome brings a person's Home tab up to date, once they are known in Slack.
func (a *App) showHome(ctx context.Context, person workpackages.Person) error {
	account, err := a.Accounts.Account(ctx, notifications.AccountOf(person.ID))
	if err != nil {
		if workpackages.KindOf(err) == workpackages.NotFound {
			return nil
		}
		return err
	}
	return a.publish(ctx, account.SlackID, person, "")
}

// Left takes what is shown of their work from somebody who may no longer sign in.
func (a *App) Left(personID string) {
	a.run("left", func(ctx context.Context) error {
		account, err := a.Accounts.Account(ctx, notifications.AccountOf(personID))
		if err != nil {
			if workpackages.KindOf(err) == workpackages.NotFound {
				return nil // they never were here
			}
			return err
		}
		b := blockkit.View()
		b.Section("", blockkit.Text(errDisabled.Message, maxSentence), nil)
		return a.put(ctx, account.SlackID, b)
	})
}

// mostOnHome is how many lines of what is theirs somebody finds on their Home tab.
const mostOnHome = 12

// publish shows somebody their Home tab.
func (a *App) publish(ctx context.Context, user string, person workpackages.Person, says string) error {
	y, err := a.Mine(ctx, person.ID)
	if err != nil {
		return err
	}
	r, err := a.Packages.Readiness(ctx, time.Time{})
	if err != nil {
		return err
	}
	return a.put(ctx, user, a.homeView(y, r, person.Actor(via), says))
}

// homeView is somebody's Home tab.
func (a *App) homeView(y notifications.Yours, r workpackages.Readiness, by workpackages.Actor, says string) *blockkit.Builder {
	b := blockkit.View()
	if says != "" {
		b.Section("", blockkit.Rich("⚠️ ")+blockkit.Text(says, maxSentence), nil)
	}
	b.Header("Yours", "")
	if len(y.Lines) == 0 {
		b.Section("", "Nothing is open for you.", nil)
	}
	a.lines(b, y.Lines, mostOnHome, nil)
	b.Divider()
	b.Header("Readiness on "+r.Today.String(), "")
	b.Section("", blockkit.Text(counted(r), maxDetail), nil)
	tail := blockkit.Part()
	tail.Actions("", blockkit.LinkButton("open", "Open the dashboard", a.BaseURL+"/"), blockkit.LinkButton("second", "Yours in the browser", a.BaseURL+"/mine"),
		blockkit.Button(actReload, actReload, "Look again"))
	tail.Context(blockkit.Text("As at "+a.Now().In(a.Zone).Format("15:04 on 2 January")+". "+Command+" help says what else you can do from Slack.", maxDetail))
	all := packagesOf(r)
	group := ""
	b.List(len(all), mostPackages, func(i int) *blockkit.Builder {
		p, part := all[i], blockkit.Part()
		if p.GroupID != group {
			group = p.GroupID
			part.Section("", blockkit.Link(a.BaseURL+"/groups/"+group, blockkit.Text(groupName(r, group), maxTitle)).Bold(), nil)
		}
		part.Section("", a.packageLine(p), updateButton(by, p))
		return part
	}, a.more("/"), tail)
	return b
}

func (a *App) put(ctx context.Context, user string, b *blockkit.Builder) error {
	_, err := a.api.PublishViewContext(ctx, slack.PublishViewContextRequest{
		UserID: user, View: slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: b.Blocks()}},
	})
	if err != nil {
		a.Log.Warn("a Home tab could not be shown", "category", "slack", "reason", ours.Reason(err))
	}
	return nil
}

func groupName(r workpackages.Readiness, id string) string {
	for _, g := range r.Groups {
		if g.Group.ID == id {
			return g.Group.Name
		}
	}
	return id
}
