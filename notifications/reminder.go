package notifications

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"readiness/workpackages"
)

// Reminders is the rule of a person's one message a day.
const Reminders = "reminders"

// Line is one thing that a person is reminded of.
type Line struct {
	workpackages.Concern
	MayChange bool   // the reader can change the package
	Passed    bool   // it reached the reader because those before did not act
	Note      string // what the reader should know besides: a sentence without a full stop
}

// LineSubject makes a line the same line later in the day.
func LineSubject(kind workpackages.ConcernKind, subject string) string {
	return string(kind) + " " + subject
}

func (l Line) subject() string { return LineSubject(l.Kind, l.Concern.Subject) }

// The headings of a message of the day, in its order.
const (
	sectionPassed   = "Passed to you"
	sectionOverdue  = "Overdue"
	sectionToday    = "Due today"
	sectionUpdate   = "Status update due"
	sectionSoon     = "Due soon"
	sectionEvidence = "Evidence to review"
	sectionDone     = "Done today"
)

var sections = []string{sectionPassed, sectionOverdue, sectionToday, sectionUpdate, sectionSoon, sectionEvidence, sectionDone}

func (l Line) section() string {
	switch {
	case l.Passed:
		return sectionPassed
	case l.Kind == workpackages.StatusDue:
		return sectionUpdate
	case l.Kind == workpackages.EvidenceOld:
		return sectionEvidence
	case l.Late > 0:
		return sectionOverdue
	case l.Late == 0:
		return sectionToday
	}
	return sectionSoon
}

// item words a line.
func (l Line) item(baseURL string) Item {
	url := baseURL + "/packages/" + l.PackageID
	title, detail := l.Title, l.Detail
	if l.Kind == workpackages.StatusDue {
		title = l.PackageTitle
		if l.Passed {
			title = "Status update of " + l.PackageTitle
		}
		if l.MayChange {
			url += "/update"
		}
	} else {
		detail += " (" + l.PackageTitle + ")"
	}
	if l.Note != "" {
		detail += ". " + l.Note
	}
	return Item{Section: l.section(), Title: title, Detail: detail, URL: url, Subject: l.subject(), Asks: true, MayUpdate: l.MayChange}
}

// Items words lines in the order of a message of the day.
func Items(lines []Line, baseURL string) []Item {
	var items []Item
	for _, l := range lines {
		items = append(items, l.item(baseURL))
	}
	return inOrder(items)
}

func inOrder(items []Item) []Item {
	slices.SortStableFunc(items, func(a, b Item) int {
		return cmp.Compare(slices.Index(sections, a.Section), slices.Index(sections, b.Section))
	})
	return items
}

// Yours is what is open for somebody, as their message of the day would have it.
type Yours struct {
	Why   string // they are told of it; empty where nothing is open
	Lines []YourLine
}

// YourLine is one thing that is open for somebody.
type YourLine struct {
	Line
	Item Item // as the message words it; its address is the base address's
	// Answer is what they said of it themselves, while that holds; nil without.
	Answer *workpackages.Response
}

// DayReminder words the one message of a day that tells a person what is open:
// what, why, and where to act. lines must not be empty.
func DayReminder(to workpackages.Person, why string, lines []Line, baseURL string, day workpackages.Date) Message {
	m := reminder(to, "", why, Items(lines, baseURL), baseURL, day)
	m.Content.Heading = heading(lines)
	mayNot := slices.ContainsFunc(lines, func(l Line) bool { return l.Kind == workpackages.StatusDue && !l.MayChange && !l.Passed })
	may := slices.ContainsFunc(lines, func(l Line) bool { return l.Kind == workpackages.StatusDue && l.MayChange })
	switch {
	case mayNot && may:
		m.Content.Intro = "Say where each stands, even if nothing has moved. Where you cannot update one yourself, tell a lead of its steering group."
	case mayNot:
		m.Content.Intro = "Tell a lead of the steering group where it stands, so that they can update it."
	case may:
		m.Content.Intro = "Say where it stands, even if nothing has moved."
	}
	if len(lines) == 1 && may {
		m.Content.Button, m.Content.Second = Button{"Update status", m.Content.Items[0].URL}, Button{"I have it, snooze, not mine", baseURL + "/mine"}
	}
	m.Content.Why += " You get one message a working day while anything is open."
	return m
}

// reminder is what the message of a day and those that follow it have in common.
// number tells them apart; the first has none.
func reminder(to workpackages.Person, number, why string, items []Item, baseURL string, day workpackages.Date) Message {
	m := Message{
		ID: Key(Reminders, number, to.ID, string(day)), Rule: Reminders, RecipientID: to.ID, RecipientName: to.Name,
		Thread: DayThread(to.ID, string(day)),
		Content: Content{
			Items: items, Why: why,
			Button: Button{"See what is yours", baseURL + "/mine"},
		},
	}
	m.Rules = []string{Reminders}
	for _, i := range items {
		m.Subjects = append(m.Subjects, i.Subject)
		kind, _, _ := strings.Cut(i.Subject, " ")
		if !slices.Contains(m.Rules, kind) {
			m.Rules = append(m.Rules, kind)
		}
	}
	return m
}

// heading counts what is open, worst first.
func heading(lines []Line) string {
	count := map[string]int{}
	for _, l := range lines {
		count[l.section()]++
	}
	words := []string{}
	say := func(section, one, many string) {
		if n := count[section]; n == 1 {
			words = append(words, "1 "+one)
		} else if n > 1 {
			words = append(words, fmt.Sprintf("%d %s", n, many))
		}
	}
	say(sectionPassed, "passed to you", "passed to you")
	say(sectionOverdue, "overdue", "overdue")
	say(sectionToday, "due today", "due today")
	say(sectionUpdate, "status update due", "status updates due")
	say(sectionSoon, "due soon", "due soon")
	say(sectionEvidence, "piece of evidence to review", "pieces of evidence to review")
	text := strings.Join(words, ", ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// FollowUp is what a day's message has come to, to be told or only shown.
type FollowUp struct {
	To      workpackages.Person
	Why     string
	Root    Message // the day's first reminder
	Shown   []Item  // what it says now
	Open    []Line  // what is open now
	New     []Line  // of those, what was not told yet and is not the reader's own doing
	Done    func(subject string) string
	AllDone bool // everything was resolved, and not by the reader alone
	Next    int  // number of the next message
	BaseURL string
	Day     workpackages.Date
}

// Desired gives what the day's message should say now: what is open, and what was
// open and is not any more, with what became of it.
func (f FollowUp) Desired() []Item {
	items := Items(f.Open, f.BaseURL)
	for _, was := range f.Shown {
		if slices.ContainsFunc(items, func(i Item) bool { return i.Subject == was.Subject }) {
			continue
		}
		if !was.Done {
			was.Detail = f.Done(was.Subject)
		}
		was.Section, was.Done = sectionDone, true
		items = append(items, was)
	}
	return inOrder(items)
}

// Messages words what has to follow: a message below the first where there is
// news, and then the change of the first. None where nothing has changed.
func (f FollowUp) Messages() []Message {
	desired := f.Desired()
	var out []Message
	number := f.Next
	add := func(items []Item, heading, intro string) *Message {
		m := reminder(f.To, strconv.Itoa(number), f.Why, items, f.BaseURL, f.Day)
		m.Content.Heading, m.Content.Intro = heading, intro
		number++
		out = append(out, m)
		return &out[len(out)-1]
	}
	switch {
	case len(f.New) > 0:
		more := "1 more thing needs you"
		if len(f.New) > 1 {
			more = fmt.Sprintf("%d more things need you", len(f.New))
		}
		add(Items(f.New, f.BaseURL), more, "This came up after the message above, which has all of it.")
	case f.AllDone:
		m := add(desired, "All done for today", "Nothing of the message above is open any more.")
		m.Content.Button = Button{"See the dashboard", f.BaseURL + "/"}
	}
	if !slices.Equal(desired, f.Shown) {
		title := "All done for today"
		if len(f.Open) > 0 {
			title = heading(f.Open)
		}
		m := add(desired, title, "")
		m.Op, m.Target = Edit, f.Root.ID
		m.Content.Why, m.Content.Button, m.Content.Second = f.Root.Content.Why, f.Root.Content.Button, f.Root.Content.Second
		if len(f.Open) > 0 {
			m.Content.Intro = f.Root.Content.Intro
		}
	}
	return out
}

// Until ends the use of a day's messages at its midnight: what Slack does not take
// today is not sent tomorrow beside tomorrow's own.
func Until(day workpackages.Date, zone *time.Location) time.Time {
	t := day.Time()
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone).UTC()
}
