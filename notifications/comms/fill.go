package comms

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"readiness/workpackages"
	"readiness/workpackages/annexa"
	"readiness/workpackages/phrase"
)

// Placeholder is something that a wording may have filled in from the tracker as it is
// sent: a count or a day, never prose that somebody wrote, which nobody approved.
type Placeholder struct {
	Name  string // as it is written: {{name}}
	About string
}

// Placeholders lists every placeholder there is.
func Placeholders() []Placeholder { return slices.Clone(placeholders) }

var placeholders = []Placeholder{
	{"today", "the day on which it is sent"},
	{"packages", "how many work packages there are"},
	{"on_track", "how many are on track or delivered"},
	{"need_attention", "how many are at risk"},
	{"off_track", "how many are off track"},
	{"not_updated", "how many nobody has updated for two working weeks"},
	{"overdue", "how many milestones and actions are past their date"},
	{"annexe_a", "how the newest Annexe A return stands"},
	{"next_meeting", "when a steering group meets next"},
	{"inspection_call", "the day of the inspection call"},
	{"on_site_start", "the first day on site"},
	{"on_site_end", "the last day on site"},
	{"publication", "the day of publication"},
}

var placeholder = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// checkPlaceholders says in a sentence which placeholder there is none of; empty for
// nothing.
func checkPlaceholders(text string) string {
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if !slices.ContainsFunc(placeholders, func(p Placeholder) bool { return p.Name == m[1] }) {
			var all []string
			for _, p := range placeholders {
				all = append(all, p.Name)
			}
			return fmt.Sprintf("There is no placeholder {{%s}}: use %s", m[1], strings.Join(all, ", "))
		}
	}
	if rest := placeholder.ReplaceAllString(text, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		return "Write a placeholder as {{today}}, with two brackets on each side"
	}
	return ""
}

// notKnown stands for a day that is not known yet. It is seen, and the lint says so.
const notKnown = "(not known yet)"

// values gives what each placeholder stands for now.
func (s *Service) values(ctx context.Context) (map[string]string, error) {
	r, err := s.Packages.Readiness(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	events, err := s.Events(ctx)
	if err != nil {
		return nil, err
	}
	v := map[string]string{
		"today": r.Today.Time().Format("Monday 2 January 2006"), "packages": fmt.Sprint(r.Total), "overdue": fmt.Sprint(r.Overdue), "not_updated": fmt.Sprint(r.Stale),
	}
	by := map[workpackages.Status]int{}
	for _, c := range r.Statuses {
		by[c.Status] = c.Count
	}
	v["on_track"] = fmt.Sprint(by[workpackages.Green] + by[workpackages.Blue])
	v["need_attention"], v["off_track"] = fmt.Sprint(by[workpackages.Amber]), fmt.Sprint(by[workpackages.Red])
	var next workpackages.Date
	for _, g := range r.Groups {
		for _, m := range g.Group.Coming(r.Today) {
			if next.IsZero() || m.Date.Before(next) {
				next = m.Date
			}
		}
	}
	day := func(d workpackages.Date) string {
		if d.IsZero() {
			return notKnown
		}
		return d.Time().Format("Monday 2 January 2006")
	}
	v["next_meeting"] = day(next)
	for _, e := range events {
		v[e.ID] = day(e.Date)
	}
	if v["annexe_a"], err = s.annexa(ctx); err != nil {
		return nil, err
	}
	return v, nil
}

// annexa says in words how the newest return stands.
func (s *Service) annexa(ctx context.Context) (string, error) {
	if s.Packages.Kept == nil {
		return "not checked yet", nil
	}
	c, err := s.Packages.NewestReturn(ctx)
	if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
		return "not checked yet", nil
	}
	if err != nil {
		return "", err
	}
	fit := 0
	for _, l := range c.Lists {
		if l.Fit == annexa.FitToSend || l.Fit == annexa.FitKnown {
			fit++
		}
	}
	return fmt.Sprintf("%d of %s fit to send", fit, phrase.Count(len(c.Lists), "list")), nil
}

// filled gives the heading and the text of a message with its placeholders filled in.
func (s *Service) filled(ctx context.Context, m Message) (heading, text string, err error) {
	return s.Fill(ctx, m.Wording.Heading, m.Wording.Text)
}

// Fill fills in the placeholders of a wording.
func (s *Service) Fill(ctx context.Context, heading, text string) (string, string, error) {
	if !placeholder.MatchString(heading + text) {
		return heading, text, nil
	}
	v, err := s.values(ctx)
	if err != nil {
		return "", "", err
	}
	fill := func(t string) string {
		return placeholder.ReplaceAllStringFunc(t, func(m string) string {
			name := placeholder.FindStringSubmatch(m)[1]
			if value, ok := v[name]; ok {
				return value
			}
			return m
		})
	}
	return fill(heading), fill(text), nil
}
