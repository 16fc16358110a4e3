package comms

import (
	"context"
	"strings"

	"readiness/notifications"
)

// Preview is what a wording would come to now.
type Preview struct {
	Heading string
	Text    string // with its placeholders filled in
	Body    []notifications.Para
	Slack   notifications.Content // what Slack would show; of an embargoed message nothing
	Remarks []Remark
	Words   int
	Age     int // the reading age; 0 for a text that is too short to say
}

// PreviewOf works out what a message would come to if it went now.
func (s *Service) PreviewOf(ctx context.Context, m Message) (Preview, error) {
	heading, text, err := s.filled(ctx, m)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Heading: heading, Text: text, Body: Parse(text)}
	p.Words = len(strings.Fields(notifications.PlainBody(p.Body)))
	p.Age, _ = ReadingAge(sentencesOf(p.Body))
	if !m.Embargoed() {
		p.Slack = s.content(heading, p.Body)
		p.Slack.Asks = notifications.Question{Act: notifications.ActRead, Value: "preview", Text: "I have read this"}
		if m.Correcting() {
			p.Slack.Intro = "Corrected on " + s.now().In(s.Zone).Format("2 January 2006 at 15:04") + ": this is what holds now."
		}
	}
	p.Remarks, err = s.Lint(ctx, m)
	return p, err
}

// Typed gives the message that a form's wording would make, for a preview: m is the
// message as it stands, or an empty one.
func Typed(m Message, in Input) Message {
	set := func(from *string, to *string) {
		if from != nil {
			*to = *from
		}
	}
	m = m.clone()
	set(in.Title, &m.Title)
	set(in.Heading, &m.Wording.Heading)
	set(in.Text, &m.Wording.Text)
	set(in.AudienceID, &m.AudienceID)
	if in.Phase != nil {
		m.Phase = Phase(*in.Phase)
	}
	if in.Channel != nil {
		m.Channel = Channel(*in.Channel)
	}
	if in.Sensitivity != nil {
		m.Sensitivity = Sensitivity(*in.Sensitivity)
	}
	if m.Wording.Heading == "" {
		m.Wording.Heading = m.Title
	}
	// What is too long is refused, and reading all of it could take a minute.
	m.Wording.Text = firstRunes(m.Wording.Text, MaxText)
	m.Wording.Heading = firstRunes(m.Wording.Heading, maxHeading)
	return m
}

func firstRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

// Lint gives what there is to say about a message's wording.
func (s *Service) Lint(ctx context.Context, m Message) ([]Remark, error) {
	heading, text, err := s.filled(ctx, m)
	if err != nil {
		return nil, err
	}
	events, err := s.Events(ctx)
	if err != nil {
		return nil, err
	}
	people, err := s.Packages.People.People(ctx)
	if err != nil {
		return nil, err
	}
	var known []string
	for _, p := range people {
		known = append(known, p.Name)
	}
	return Check(Checked{
		Heading: heading, Text: text, Phase: m.Phase, Embargoed: m.Embargoed(), TooLong: m.Channel == Slack && s.Whole != nil && !s.Whole(s.widest(heading, text)),
		Embargo: m.Phase == OnSite || m.Phase == Embargo || events.Embargo(s.Today()), Known: known, Today: s.Today(),
	}), nil
}

// widest is the largest that a wording becomes in Slack: with the heading once more, in
// the request for its approval, and with what is said before it.
func (s *Service) widest(heading, text string) notifications.Content {
	c := s.content(heading, append([]notifications.Para{asHeading(heading)}, Parse(text)...))
	c.Intro = strings.Repeat("x", 600)
	return c
}

func asHeading(text string) notifications.Para {
	return notifications.Para{Kind: notifications.Heading, Spans: []notifications.Span{{Text: text}}}
}

// BriefingOf gives a message as it is handed on by hand. Whoever asks for one of an
// embargoed message is on record by then: see Message.
func (s *Service) BriefingOf(ctx context.Context, m Message) (Briefing, error) {
	heading, text, err := s.filled(ctx, m)
	if err != nil {
		return Briefing{}, err
	}
	a, err := s.Audience(ctx, m.AudienceID)
	if err != nil {
		return Briefing{}, err
	}
	b := Briefing{Heading: heading, For: a.Name, Body: Parse(text), Wording: m.Wording.Number, Day: s.Today().Time().Format("2 January 2006")}
	switch m.Sensitivity {
	case Internal:
		b.Marking = "For the people it is addressed to. Please do not pass it on."
	case Embargoed:
		b.Marking = "UNDER EMBARGO. For you alone: do not copy it, and do not pass it on."
	}
	if b.Draft = !m.approved() || m.State == Cancelled; b.Draft {
		b.Approved = "DRAFT. Nobody has approved this: do not send it."
	} else {
		b.Approved = "Approved by " + m.Approval.By.Name + " on " + m.Approval.At.In(s.Zone).Format("2 January 2006")
	}
	return b, nil
}

// Recipients counts whom a message would go to in Slack now.
func (s *Service) Recipients(ctx context.Context, m Message) (people, channels int, err error) {
	a, err := s.Audience(ctx, m.AudienceID)
	if err != nil {
		return 0, 0, err
	}
	all, err := s.Packages.People.People(ctx)
	if err != nil {
		return 0, 0, err
	}
	for _, e := range recipientsOf(a, all) {
		if notifications.IsChannel(e.ID) {
			channels++
		} else {
			people++
		}
	}
	return people, channels, nil
}
