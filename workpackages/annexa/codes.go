package annexa

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

type codeSet struct {
	ID        string      `yaml:"id"`
	Open      bool        `yaml:"open"`       // other text may stand too
	WordsOnly bool        `yaml:"words_only"` // sources disagree about the letters
	Source    string      `yaml:"source"`
	Values    []codeValue `yaml:"values"`

	sure   map[string]int // folded spelling to value; -1 where two values share it
	unsure map[string]int
	groups map[string]bool
}

type codeValue struct {
	Value    string `yaml:"value"` // as the template writes it: "b) Female"
	Code     string `yaml:"code"`
	Label    string `yaml:"label"`
	Also     string `yaml:"also"`
	Group    string `yaml:"group"`
	Group2   string `yaml:"group2"`
	Gap      bool   `yaml:"gap"` // written by an extract for what it cannot map
	Later    bool   `yaml:"later"`
	Inferred bool   `yaml:"inferred"`
	Source   string `yaml:"source"`
}

// verdict says how a cell fits its code set.
type verdict int

const (
	codeSure     verdict = iota // one value, beyond doubt
	codeUnsure                  // probably one value, by a guess that has to be shown
	codeGrouping                // a grouping that analysts use, in place of a code
	codeGap                     // what an extract writes when it cannot map
	codeUnknown
)

// prefix is a letter or number with its bracket or full stop: "b) ", "1. ".
var prefix = regexp.MustCompile(`^(\(?[\p{L}\p{N}]{1,3}\s*[).]\s*)`)

// index works out every spelling of every value, by these steps, each sure
// unless two values share the spelling:
//
//  1. the value as the template writes it, and as it also writes it;
//  2. the code alone, where it says more than a letter's place in the list;
//  3. the value without its letter, and its label;
//  4. code and words with other punctuation: "N1: Abuse or neglect";
//
// and, unsure, a bare letter or first letter ("b", "F").
func (s *codeSet) index() {
	s.sure, s.unsure, s.groups = map[string]int{}, map[string]int{}, map[string]bool{}
	add := func(m map[string]int, text string, i int) {
		key := looseFold(text)
		if key == "" {
			return
		}
		if at, there := m[key]; there && at != i && !s.same(at, i) {
			m[key] = -1
			return
		}
		m[key] = i
	}
	for i, v := range s.Values {
		for _, text := range []string{v.Value, v.Also} {
			if text == "" {
				continue
			}
			add(s.sure, text, i)
			rest := prefix.ReplaceAllString(text, "")
			add(s.sure, rest, i)
			// "5A: LA services" is 5A, and the words alone where one value has them.
			if head, tail, ok := strings.Cut(strings.Replace(rest, " - ", ":", 1), ":"); ok {
				add(s.sure, tail, i)
				add(s.sure, head, i)
			}
		}
		add(s.sure, v.Label, i)
		if v.Label != "" {
			add(s.sure, v.Code+" "+v.Label, i)
		}
		letter := utf8.RuneCountInString(v.Code) == 1 && v.Code >= "a" && v.Code <= "z"
		switch {
		case !letter:
			add(s.sure, v.Code, i)
		case !s.WordsOnly:
			add(s.sure, v.Code+")", i)
			add(s.unsure, v.Code, i)
		}
		for _, g := range []string{v.Group, v.Group2} {
			s.groups[looseFold(g)] = true
			s.groups[looseFold(prefix.ReplaceAllString(g, ""))] = true
		}
	}
	delete(s.groups, "")
	// A letter of the list goes before the first letter of a word: "c" is c).
	initials := map[string]int{}
	for i, v := range s.Values {
		add(initials, firstLetter(v), i)
	}
	for letter, i := range initials {
		if _, taken := s.unsure[letter]; !taken {
			s.unsure[letter] = i
		}
	}
}

// same reports whether two values are one code in two spellings.
func (s *codeSet) same(i, j int) bool {
	return i >= 0 && j >= 0 && s.Values[i].Code == s.Values[j].Code
}

// firstLetter is "f" for Female and "y" for Yes.
func firstLetter(v codeValue) string {
	words := prefix.ReplaceAllString(v.Value, "")
	if r, _ := utf8.DecodeRuneInString(words); r != utf8.RuneError && (v.Code == strings.ToLower(v.Code) || v.Code == words) {
		return string(r)
	}
	return ""
}

// looseFold is fold with punctuation as nothing, but for the bracket that tells
// the place "c)" from the code "c".
func looseFold(s string) string {
	s = fold(s)
	if len(s) == 2 && s[1] == ')' {
		return s
	}
	return strings.TrimSpace(nonWords.ReplaceAllString(s, " "))
}

// match says how a cell fits, and which value it is.
func (s *codeSet) match(cell string) (verdict, int) {
	key := looseFold(cell)
	if i, ok := s.sure[key]; ok && i >= 0 {
		return s.known(i)
	}
	// "1. White British" and "M - Male": each part on its own, if they agree.
	parts := []string{prefix.ReplaceAllString(cell, "")}
	parts = append(parts, strings.FieldsFunc(folder.Replace(cell), func(r rune) bool { return r == ':' || r == ')' })...)
	parts = append(parts, strings.Split(folder.Replace(cell), " - ")...)
	found := -1
	for _, p := range parts {
		p = looseFold(p)
		if i, ok := s.sure[p]; ok && i >= 0 && p != key {
			if found >= 0 && !s.same(found, i) {
				return codeUnsure, -1 // the letter says one thing and the words another
			}
			found = i
		}
	}
	if found >= 0 {
		if letter := prefix.FindString(fold(cell)); letter != "" && s.lettersClash(letter, found) {
			return codeUnsure, found
		}
		return s.known(found)
	}
	if s.groups[key] || s.groups[looseFold(parts[0])] {
		return codeGrouping, -1
	}
	if i, ok := s.unsure[key]; ok && i >= 0 {
		return codeUnsure, i
	}
	return codeUnknown, -1
}

func (s *codeSet) known(i int) (verdict, int) {
	if s.Values[i].Gap {
		return codeGap, i
	}
	return codeSure, i
}

// lettersClash reports whether a letter that the template uses stands before
// the words of another value: "a) Female". Letters it does not use, and numbers,
// are somebody's own and say nothing.
func (s *codeSet) lettersClash(letter string, i int) bool {
	if s.WordsOnly {
		return false
	}
	letter = looseFold(letter)
	if len(letter) == 0 || letter[0] < 'a' {
		return false
	}
	clash := false
	for j, v := range s.Values {
		if looseFold(prefix.FindString(fold(v.Value))) != letter {
			continue
		}
		if s.same(i, j) {
			return false
		}
		clash = true
	}
	return clash
}
