package annexa

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// codeSet is the codes that a column may hold, with every way of writing them
// that is known.
type codeSet struct {
	open      bool // other text may stand too
	wordsOnly bool // sources disagree about the letters
	values    []codeValue

	sure   map[string]spelling
	unsure map[string]int
	groups map[string]bool
	code   map[string]int // place of the first value with a code
}

// spelling is the value that a folded spelling means, and by which step.
type spelling struct {
	value int // -1 where two values share it
	step  step
}

type codeValue struct {
	Value    string   `yaml:"value"` // as the template writes it: "b) Female"
	Code     string   `yaml:"code"`
	Label    string   `yaml:"label"`
	Also     []string `yaml:"also"`
	Words    []string `yaml:"words"`   // what case systems write that can mean nothing else
	Guessed  []string `yaml:"guessed"` // and what may mean something else
	Groups   []string `yaml:"groups"`
	TreatAs  string   `yaml:"treat_as"` // "mapping gap": written by an extract for what it cannot map
	SameAs   string   `yaml:"same_as"`
	Later    bool     `yaml:"later"`
	Inferred bool     `yaml:"inferred"`
	Source   string   `yaml:"source"`
	Note     string   `yaml:"note"`
}

type codeSetFact struct {
	Title      string      `yaml:"title"`
	Source     string      `yaml:"source"`
	Note       string      `yaml:"note"`
	OpenEnded  bool        `yaml:"open_ended"`
	MatchWords bool        `yaml:"match_words"`
	Values     []codeValue `yaml:"values"`
	// RollsUp gives finer codes of the same common data set, by the code here
	// that each belongs to.
	RollsUp map[string][]string `yaml:"rolls_up"`
}

// step is how a value was matched to a code, from surest to least.
type step uint8

const (
	byExact step = iota // as the template writes it, but for case, spaces and punctuation
	byCode              // by its code alone, or code and words in another form
	byWords             // by words that one value alone has
	byGuess             // a first letter, a finer code, or letter and words that disagree: a finding
	noMatch
)

// verdict says how a cell fits its code set.
type verdict uint8

const (
	codeSure     verdict = iota // one value, beyond doubt
	codeUnsure                  // probably one value, by a guess that has to be shown
	codeDisputed                // a letter that sources read as different values
	codeGrouping                // a grouping that analysts use, in place of a code
	codeGap                     // what an extract writes when it cannot map
	codeUnknown
)

// prefix is a letter or number with its bracket or full stop: "b) ", "1. ".
var prefix = regexp.MustCompile(`^(\(?[\p{L}\p{N}]{1,3}\s*[).]\s*)`)

// newCodeSet works out every spelling of every value, by these steps, each sure
// unless two values share the spelling:
//
//  1. exact: the value as the template writes it, and as it also writes it;
//  2. code: the code alone ("WBRI", "5A", "b"), and code and words in another
//     form: "N1: Abuse or neglect";
//  3. words: the value without its letter, its label, and what case systems write
//     that can mean nothing else;
//
// and, unsure, a word's first letter ("F"), a letter that sources disagree about,
// a finer code of the same data set, or words that may mean something else. What
// is none of these is taken apart: [codeSet.match] and [codeSet.bracketed] say how.
func newCodeSet(f *codeSetFact) *codeSet {
	s := &codeSet{
		open: f.OpenEnded, wordsOnly: f.MatchWords, values: f.Values,
		sure: map[string]spelling{}, unsure: map[string]int{}, groups: map[string]bool{}, code: map[string]int{},
	}
	for i, v := range s.values {
		if _, there := s.code[v.Code]; !there {
			s.code[v.Code] = i
		}
	}
	for i, v := range s.values {
		s.addSure(v.Value, i, byExact)
		for _, a := range v.Also {
			s.addSure(a, i, byExact)
		}
	}
	for i, v := range s.values {
		s.addForms(i, v)
		for _, g := range v.Groups {
			s.groups[looseFold(g)] = true
			s.groups[looseFold(prefix.ReplaceAllString(g, ""))] = true
		}
	}
	delete(s.groups, "")
	for code, finer := range f.RollsUp {
		for _, x := range finer {
			s.addUnsure(x, s.code[code])
		}
	}
	// A letter of the list goes before the first letter of a word: "c" is c).
	initials := map[string]int{}
	for i, v := range s.values {
		if letter := firstLetter(v); letter != "" {
			switch at, there := initials[letter]; {
			case there && at >= 0 && s.values[at].plain():
				// N is No before it is "no longer required".
			case there && !v.plain() && !s.same(at, i):
				initials[letter] = -1
			default:
				initials[letter] = i
			}
		}
	}
	for letter, i := range initials {
		if _, taken := s.unsure[letter]; !taken {
			s.unsure[letter] = i
		}
	}
	return s
}

// addForms adds the spellings of a value beyond the template's own.
func (s *codeSet) addForms(i int, v codeValue) {
	for _, text := range append([]string{v.Value}, v.Also...) {
		rest := prefix.ReplaceAllString(text, "")
		// "5A: LA services" is 5A, and the words alone where one value has them.
		head, tail, ok := strings.Cut(strings.Replace(rest, " - ", ":", 1), ":")
		if ok {
			s.addSure(head, i, byCode)
			s.addSure(tail, i, byWords)
			s.addSure(rest, i, byCode)
		} else if rest == v.Code {
			s.addSure(rest, i, byCode)
		} else {
			s.addSure(rest, i, byWords)
		}
	}
	s.addSure(v.Label, i, byWords)
	for _, w := range v.Words {
		s.addSure(w, i, byWords)
	}
	for _, w := range v.Guessed {
		s.addUnsure(w, i)
	}
	if v.Label != "" {
		s.addSure(v.Code+" "+v.Label, i, byCode)
	}
	letter := utf8.RuneCountInString(v.Code) == 1 && v.Code >= "a" && v.Code <= "z"
	if letter && s.wordsOnly {
		// Its letters mean one thing to one source and another to the next.
		s.unsure[v.Code], s.unsure[v.Code+")"] = disputed, disputed
		return
	}
	s.addSure(v.Code, i, byCode)
	if letter {
		s.addSure(v.Code+")", i, byCode)
	}
}

// disputed is a spelling that sources read as different values.
const disputed = -2

// addSure adds a spelling; one that two values share means neither.
func (s *codeSet) addSure(text string, i int, how step) {
	key := looseFold(text)
	if key == "" {
		return
	}
	at, there := s.sure[key]
	switch {
	case !there:
		s.sure[key] = spelling{i, how}
	case at.value != i && !s.same(at.value, i):
		s.sure[key] = spelling{-1, noMatch}
	}
}

func (s *codeSet) addUnsure(text string, i int) {
	key := looseFold(text)
	if at, there := s.unsure[key]; there && at != i && !s.same(at, i) {
		i = -1
	}
	s.unsure[key] = i
}

// same reports whether two values are one code in two spellings.
func (s *codeSet) same(i, j int) bool {
	return i >= 0 && j >= 0 && s.values[i].Code == s.values[j].Code
}

// plain reports whether a value is Yes or No and nothing more.
func (v codeValue) plain() bool {
	words := strings.ToLower(prefix.ReplaceAllString(v.Value, ""))
	return words == "yes" || words == "no"
}

// firstLetter is "f" for Female and "y" for Yes.
func firstLetter(v codeValue) string {
	words := prefix.ReplaceAllString(v.Value, "")
	if r, _ := utf8.DecodeRuneInString(words); r != utf8.RuneError && (v.Code == strings.ToLower(v.Code) || v.Code == words || v.plain()) {
		return looseFold(string(r))
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

// match says how a cell fits, which value it is, and by which step.
func (s *codeSet) match(cell string) (verdict, int, step) {
	key := looseFold(cell)
	if at, ok := s.sure[key]; ok && at.value >= 0 {
		return s.known(at.value, at.step)
	}
	if v, i, how := s.bracketed(cell); v != codeUnknown {
		return v, i, how
	}
	// "1. White British" and "M - Male": each part on its own, if they agree.
	cell = s.withoutNumber(cell)
	bare := prefix.ReplaceAllString(cell, "")
	parts := []string{bare}
	parts = append(parts, strings.FieldsFunc(folder.Replace(cell), func(r rune) bool { return r == ':' || r == ')' })...)
	parts = append(parts, strings.Split(folder.Replace(cell), " - ")...)
	found, letterOnly := -1, true
	for _, p := range parts {
		p = looseFold(p)
		if at, ok := s.sure[p]; ok && at.value >= 0 && p != key {
			if found >= 0 && !s.same(found, at.value) {
				return codeUnsure, -1, byGuess // the letter says one thing and the words another
			}
			found = at.value
			letterOnly = letterOnly && len(p) == 1
		}
	}
	if found >= 0 && letterOnly {
		// "b) F": the letter is known and the rest is not, unless it is an initial
		// that says the same.
		if i, ok := s.unsure[looseFold(bare)]; !ok || !s.same(i, found) {
			return codeUnsure, found, byGuess
		}
	}
	if found >= 0 {
		if letter := prefix.FindString(fold(cell)); letter != "" && s.lettersClash(letter, found) {
			if s.groups[key] {
				return codeGrouping, -1, noMatch // "b) Schools" is the second group
			}
			return codeUnsure, found, byGuess
		}
		if s.strange(cell) {
			return codeUnsure, found, byGuess
		}
		return s.known(found, byWords)
	}
	if s.groups[key] || s.groups[looseFold(bare)] {
		return codeGrouping, -1, noMatch
	}
	for _, k := range []string{key, looseFold(bare)} {
		i, ok := s.unsure[k]
		switch {
		case ok && i == disputed:
			return codeDisputed, -1, byGuess
		case ok && i >= 0:
			return codeUnsure, i, byGuess
		}
	}
	return codeUnknown, -1, noMatch
}

// codeLast is words and then a code in brackets: "White British (WBRI)".
var codeLast = regexp.MustCompile(`^(.*\S)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]$`)

// bracketed reads words with a code in brackets behind them. It is sure where the
// words say the same, or are the grouping that the code belongs to. Where they
// are nobody's words, the code speaks alone, if it can be nothing but a code: of
// two characters or more, as the template writes it, and neither Yes nor No.
// Words that speak of another value leave both in doubt.
func (s *codeSet) bracketed(cell string) (verdict, int, step) {
	m := codeLast.FindStringSubmatch(strings.TrimSpace(folder.Replace(cell)))
	if m == nil || s.wordsOnly {
		return codeUnknown, -1, noMatch
	}
	label, code := m[1], m[2]
	i, exact := s.code[code]
	if !exact {
		i = slices.IndexFunc(s.values, func(v codeValue) bool { return looseFold(v.Code) == looseFold(code) })
	}
	said, at, _ := s.match(label)
	alone := said == codeUnknown && utf8.RuneCountInString(code) > 1
	switch finer, ok := s.unsure[looseFold(code)]; {
	case i < 0 && ok && finer >= 0 && alone:
		return codeUnsure, finer, byGuess
	case i < 0, said == codeUnknown && (!alone || !exact || s.values[i].plain()):
		return codeUnknown, -1, noMatch
	case said == codeUnknown, said != codeUnsure && at >= 0 && s.same(at, i), said == codeGrouping && s.values[i].in(label):
		return s.known(i, byCode)
	}
	return codeUnsure, -1, byGuess
}

// in reports whether a value belongs to a grouping of analysts.
func (v codeValue) in(grouping string) bool {
	g := looseFold(prefix.ReplaceAllString(grouping, ""))
	return slices.ContainsFunc(v.Groups, func(of string) bool { return looseFold(prefix.ReplaceAllString(of, "")) == g })
}

// ownNumber is a letter and figures, or figures, that somebody has put before words.
var ownNumber = regexp.MustCompile(`^\s*\p{L}?[0-9]{1,2}\s+`)

// withoutNumber takes somebody's own number from in front of words: "A1 White
// British". Where a code has figures it may be a code, of this year or another.
func (s *codeSet) withoutNumber(cell string) string {
	if slices.ContainsFunc(s.values, func(v codeValue) bool { return strings.ContainsAny(v.Code, figures) }) {
		return cell
	}
	return ownNumber.ReplaceAllString(cell, "")
}

// codeFirst is what looks like a code, and then words: "N9: Abuse or neglect".
var codeFirst = regexp.MustCompile(`^\s*(\p{L}{1,2}[0-9]{1,2}\p{L}?)\s*(?::| - )`)

// strange reports whether a code that the set has not stands before words of a
// value, where codes look like it: of this year or another, it may mean another.
func (s *codeSet) strange(cell string) bool {
	m := codeFirst.FindStringSubmatch(folder.Replace(cell))
	if m == nil || s.withoutNumber(m[1]+" x") != m[1]+" x" {
		return false
	}
	_, there := s.sure[looseFold(m[1])]
	return !there
}

func (s *codeSet) known(i int, how step) (verdict, int, step) {
	if s.values[i].TreatAs != "" {
		return codeGap, i, noMatch
	}
	return codeSure, i, how
}

// lettersClash reports whether a letter that the template uses stands before
// the words of another value: "a) Female". Letters it does not use, and numbers,
// are somebody's own and say nothing.
func (s *codeSet) lettersClash(letter string, i int) bool {
	if s.wordsOnly {
		return false
	}
	letter = looseFold(letter)
	if len(letter) == 0 || letter[0] < 'a' {
		return false
	}
	clash := false
	for j, v := range s.values {
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
