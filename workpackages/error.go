package workpackages

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// Kind says what sort of failure an error is, for the program to act on.
type Kind int

// The kinds. Each maps to one HTTP status and one exit code, in one place.
const (
	Internal        Kind = iota // a fault of ours; the message is never shown
	Invalid                     // what was given cannot be accepted as it stands
	NotFound                    // there is no such thing
	Forbidden                   // known, and not allowed
	Unauthenticated             // not known
	Stale                       // the thing has changed since it was read
	Conflict                    // it clashes with something that exists already
	TooMany                     // asked too often
	Unavailable                 // something we depend on is away; try again
)

// FieldError is one thing wrong with one field of a form or request body.
type FieldError struct {
	Field   string `json:"field"`   // name of the input, as in the form and the JSON body
	Message string `json:"message"` // what to do, in one sentence
}

// Error is the only error type that callers are meant to look into. Message is
// written for the person who asked; the wrapped cause is for the operator.
type Error struct {
	Kind    Kind
	Message string
	Fields  []FieldError // in the order of the form; only with Invalid
	Current any          // with Stale: the newer version, to be shown
	cause   error
}

// Error gives the message, the fields and the cause on one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Field, f.Message)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	return b.String()
}

// Unwrap gives errors.Is and errors.As the cause.
func (e *Error) Unwrap() error { return e.cause }

// Errorf makes an Error of a kind whose message is shown to the person.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an Error of a kind with a message for the person and a cause for the log.
func Wrap(kind Kind, cause error, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), cause: cause}
}

// Safely gives what do gives, or where it panics an error with the stack. The
// words of a panic may quote a cell of a file that is read, and the error is
// logged: only those that the runtime itself chose are in it.
func Safely(what string, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			says := fmt.Sprintf("%T", p)
			if fault, ok := p.(runtime.Error); ok {
				says = fault.Error()
			}
			err = fmt.Errorf("%s panicked: %s\n%s", what, says, debug.Stack())
		}
	}()
	return do()
}

// KindOf reports the kind of err; anything unknown is Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// problems gathers field errors in form order, the first for each field.
type problems []FieldError

func (p *problems) add(field, format string, args ...any) {
	for _, f := range *p {
		if f.Field == field {
			return
		}
	}
	*p = append(*p, FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

// err gives nil when nothing was added.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Message: "There is a problem with what you entered", Fields: p}
}
