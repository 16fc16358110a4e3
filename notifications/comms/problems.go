package comms

import (
	"fmt"
	"slices"

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
