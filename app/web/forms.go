package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
)

// form is one page with one form: everything the template needs, worked out here.
type form struct {
	Heading, Caption, Lead string // Lead is a sentence under the heading
	Action                 string
	Back                   string // where the back link goes; empty for none
	Version                int64  // of the thing changed; 0 for a new one
	Fields                 []field
	Button                 string
	Changed                []changedNote // what others changed since the form was opened
	Cancel                 string
	Once                   string // the form's own key, see values.write
}

// changedNote is one change made by somebody else since a form was opened.
type changedNote struct{ Summary, By, When string }

// field is one question.
type field struct {
	Kind         string // text, email, password, textarea, number, date, select, radios, checkbox, checkboxes
	Name, Label  string
	Hint         string
	Value        string
	Day, Month   string // with date
	Year         string
	Error        string
	Max          int // characters, for the counter under a textarea
	Rows         int
	Width        int // characters of a short text; 0: the whole width
	Autocomplete string
	Suffix       string
	Options      []option
}

type option struct {
	Value, Text, Hint string
	Chosen            bool
	Fields            []field // asked only when this option is chosen
}

// InputID is the id of the element that a label and an error link point at.
func (f field) InputID() string {
	if f.Kind == "date" {
		return f.Name + "-day"
	}
	return f.Name
}

// OptionID is the id of the i-th option: the first carries the field's own id,
// so that the error link lands on it.
func (f field) OptionID(i int) string {
	if i == 0 {
		return f.Name
	}
	return f.Name + "-" + f.Options[i].Value
}

// DescribedBy lists what explains the input to a screen reader.
func (f field) DescribedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.Name+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.Name+"-error")
	}
	if f.Max > 0 {
		ids = append(ids, f.Name+"-info")
	}
	return strings.Join(ids, " ")
}

// formError is one line of the error summary, linked to its input.
type formError struct{ Href, Text string }

// values are what was typed, by input name. Nothing typed is ever lost: a form
// that comes back shows them as they were.
type values url.Values

// typed copies the posted form out of the request, which Fiber will reuse.
func typed(c *fiber.Ctx) values {
	v := values{}
	c.Request().PostArgs().VisitAll(func(key, val []byte) {
		v[string(key)] = append(v[string(key)], string(val))
	})
	return v
}

func (v values) get(name string) string { return url.Values(v).Get(name) }

// all gives every value of a name: of checkboxes, those that were ticked.
func (v values) all(name string) []string { return v[name] }

// date joins the three boxes of a date, or gives "" when all are empty.
func (v values) date(name string) string {
	d, m, y := strings.TrimSpace(v.get(name+"-day")), strings.TrimSpace(v.get(name+"-month")), strings.TrimSpace(v.get(name+"-year"))
	if d == "" && m == "" && y == "" {
		return ""
	}
	return d + "/" + m + "/" + y
}

// ptr and datePtr give what was typed as an optional value for a change.
func (v values) ptr(name string) *string     { s := v.get(name); return &s }
func (v values) datePtr(name string) *string { s := v.date(name); return &s }

// fill puts what was typed back into the fields.
func fill(fields []field, v values) {
	for i := range fields {
		f := &fields[i]
		switch f.Kind {
		case "date":
			f.Day, f.Month, f.Year = v.get(f.Name+"-day"), v.get(f.Name+"-month"), v.get(f.Name+"-year")
		case "password": // never sent back
		default:
			f.Value = v.get(f.Name)
		}
		for j := range f.Options {
			f.Options[j].Chosen = f.Options[j].Value == f.Value
			if f.Kind == "checkboxes" {
				f.Options[j].Chosen = slices.Contains(v[f.Name], f.Options[j].Value)
			}
			fill(f.Options[j].Fields, v)
		}
	}
}

// mark puts errors on their fields and gives the summary in the form's order.
// An error on a field that the form does not have is shown without a link.
func mark(fields []field, errs []workpackages.FieldError) []formError {
	left := map[string]string{}
	for _, e := range errs {
		left[e.Field] = e.Message
	}
	out := markIn(fields, left)
	for _, e := range errs {
		if _, ok := left[e.Field]; ok {
			out = append(out, formError{Text: e.Message})
		}
	}
	return out
}

func markIn(fields []field, left map[string]string) []formError {
	var out []formError
	for i := range fields {
		f := &fields[i]
		if m, ok := left[f.Name]; ok {
			f.Error = m
			delete(left, f.Name)
			out = append(out, formError{Href: "#" + f.InputID(), Text: m})
		}
		for j := range f.Options {
			out = append(out, markIn(f.Options[j].Fields, left)...)
		}
	}
	return out
}

// dateField splits a date into its three boxes.
func dateField(name, label, hint string, d workpackages.Date) field {
	f := field{Kind: "date", Name: name, Label: label, Hint: hint}
	if !d.IsZero() {
		t := d.Time()
		f.Day, f.Month, f.Year = t.Format("2"), t.Format("1"), t.Format("2006")
	}
	return f
}

// peopleOptions lists people who can sign in, with the one chosen.
func peopleOptions(people []workpackages.Person, chosen, none string) []option {
	out := []option{{Value: "", Text: none, Chosen: chosen == ""}}
	for _, p := range people {
		if !p.Disabled || p.ID == chosen {
			out = append(out, option{Value: p.ID, Text: p.Name, Chosen: p.ID == chosen})
		}
	}
	return out
}
