package comms

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"readiness/workpackages"
)

// problems gathers what is wrong with a form, the first for each field.
type problems []workpackages.FieldError

func (p *problems) add(field, format string, args ...any) {
	if !slices.ContainsFunc(*p, func(e workpackages.FieldError) bool { return e.Field == field }) {
		*p = append(*p, workpackages.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
	}
}

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: p}
}

// line reads a field of one line, where it was typed; least 0 lets it be empty.
func (p *problems) line(field, what string, from, to *string, least, most int) {
	if from == nil {
		return
	}
	if least == 0 && strings.TrimSpace(*from) == "" {
		*to = ""
		return
	}
	text, problem := workpackages.Line(what, *from, most)
	if *to = text; problem != "" {
		p.add(field, "%s", problem)
	}
}

// sentence gives what an error says to a person: of a field, what is said of that.
func sentence(err error) string {
	var known *workpackages.Error
	if errors.As(err, &known) {
		if len(known.Fields) > 0 {
			return known.Fields[0].Message
		}
		return known.Message
	}
	return "It cannot be looked at now"
}
