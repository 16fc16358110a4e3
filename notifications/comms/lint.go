package comms

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"readiness/notifications"
	"readiness/workpackages"
)

// Remark is something to say about a wording.
type Remark struct {
	Kind string // length, reading, abbreviation, child, embargo, blank: stable, for programs
	Text string // what it is and what to do, in a sentence
	Stop bool   // nothing is put up for review or approved that has it
}

// Checked is a wording with what it is checked against.
type Checked struct {
	Heading, Text string // with placeholders filled in
	Phase         Phase
	Embargoed     bool     // only named readers may see it
	TooLong       bool     // Slack would not show all of it
	Embargo       bool     // an outcome may be known that is not published yet
	Known         []string // names of the people of the tracker: not those of children
	Today         workpackages.Date
}

const (
	// longWords is how many words a message has before it is said to be long: about a
	// minute and a half of reading.
	longWords = 300
	// readingAge is the age from which a text is said to be hard. The average reading
	// age of adults in the United Kingdom is put at 9 to 11; GOV.UK's guidance asks for
	// 9. Staff and members read more, but not at 08:50.
	readingAge = 14
	// fewWords is how many words a text needs for its reading age to mean something.
	fewWords = 40
)

// Check gives what there is to say about a wording, what stops it first.
func Check(c Checked) []Remark {
	body := Parse(c.Text)
	plain := notifications.PlainBody(body)
	all := c.Heading + "\n" + plain
	var out []Remark
	say := func(kind string, stop bool, format string, args ...any) {
		out = append(out, Remark{kind, fmt.Sprintf(format, args...), stop})
	}
	if strings.TrimSpace(plain) == "" {
		say("blank", true, "The message says nothing yet: write what its readers are to know")
		return out
	}
	if strings.Contains(all, notKnown) {
		say("blank", false, "A day is not known yet that the message names: set it under Events, or leave it out")
	}
	for _, at := range leftOpen.FindAllStringIndex(c.Text, -1) {
		if rest := c.Text[at[1]:]; !strings.HasPrefix(rest, "(") {
			say("blank", true, "Fill in %s, which the template left open", quoted(c.Text[at[0]:at[1]]))
			break
		}
	}
	if c.TooLong {
		say("length", true, "Slack does not show so much in one message: shorten it, or take out some of its paragraphs")
	}
	lintChild(c, all, say)
	lintOutcome(c, all, say)
	if n := len(strings.Fields(plain)); n > longWords {
		say("length", false, "%d words are a lot: few people read more than %d. Say first what they have to do", n, longWords)
	}
	if age, ok := ReadingAge(sentencesOf(body)); ok && age > readingAge {
		say("reading", false, "This reads as if for age %d and older: shorten the sentences, and use words of everyday", age)
	}
	for _, a := range undefined(all) {
		say("abbreviation", false, "Say what %s stands for where it first comes, as in “multi-agency safeguarding hub (MASH)”", a)
	}
	slices.SortStableFunc(out, func(a, b Remark) int {
		switch {
		case a.Stop == b.Stop:
			return 0
		case a.Stop:
			return -1
		}
		return 1
	})
	return out
}

// leftOpen is what a template leaves to be written. The words of a link stand in
// brackets too, and its address follows.
var leftOpen = regexp.MustCompile(`\[[^\]\n]{2,120}\]`)

func quoted(s string) string { return "“" + strings.Join(strings.Fields(s), " ") + "”" }

// sentencesOf gives the sentences of a wording; an item of a list is one.
func sentencesOf(body []notifications.Para) []string {
	var out []string
	for _, p := range body {
		if p.Kind == notifications.Heading {
			continue
		}
		for _, s := range sentenceEnd.Split(p.Text(), -1) {
			if strings.TrimSpace(s) != "" {
				out = append(out, s)
			}
		}
	}
	return out
}

var sentenceEnd = regexp.MustCompile(`[.!?:;]+(?:\s+|$)`)

// ReadingAge estimates the age from which a text can be read, in years: the grade of
// Flesch and Kincaid (Kincaid and others, 1975: 0.39 words a sentence + 11.8 syllables
// a word − 15.59), and five. It is false of a text that is too short to say.
func ReadingAge(sentences []string) (age int, ok bool) {
	words, syllables := 0, 0
	for _, s := range sentences {
		for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
			words++
			syllables += syllablesOf(w)
		}
	}
	if words < fewWords || len(sentences) == 0 {
		return 0, false
	}
	grade := 0.39*float64(words)/float64(len(sentences)) + 11.8*float64(syllables)/float64(words) - 15.59
	return max(5, int(grade+5.5)), true
}

// syllablesOf counts groups of vowels, without a silent e: near enough for an average.
func syllablesOf(word string) int {
	n, vowel := 0, false
	lower := strings.ToLower(word)
	for _, r := range lower {
		is := strings.ContainsRune("aeiouy", r)
		if is && !vowel {
			n++
		}
		vowel = is
	}
	if n > 1 && strings.HasSuffix(lower, "e") && !strings.HasSuffix(lower, "le") || n > 1 && strings.HasSuffix(lower, "ed") && !strings.HasSuffix(lower, "ted") && !strings.HasSuffix(lower, "ded") {
		n--
	}
	return max(n, 1)
}

var (
	capitals = regexp.MustCompile(`\b[A-Z][A-Z0-9&]{1,6}s?\b`)
	// everydayShort are abbreviations that need no words.
	everydayShort = []string{"UK", "NHS", "GP", "IT", "HR", "PDF", "TV", "OK", "AM", "PM", "BBC", "MP", "A4", "FAQ", "ID", "PC", "II", "III", "IV", "URL", "QR", "DIY", "BST", "GMT", "VAT", "PS"}
)

// undefined gives the abbreviations of a text that it does not define, each once.
// "multi-agency safeguarding hub (MASH)" and "MASH (multi-agency …)" define one.
func undefined(text string) []string {
	// What is all in capitals is shouted, and no abbreviation.
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if strings.ToUpper(line) == line {
			continue
		}
		for _, a := range capitals.FindAllString(line, -1) {
			a = strings.TrimSuffix(a, "s")
			if slices.Contains(everydayShort, a) || slices.Contains(out, a) || !strings.ContainsFunc(a, unicode.IsLetter) || regexp.MustCompile(`^[A-Z][0-9]+$`).MatchString(a) {
				continue
			}
			if strings.Contains(text, "("+a) || strings.Contains(text, a+" (") || strings.Contains(text, a+"s (") || strings.Contains(text, a+", which") || strings.Contains(text, a+", the") {
				continue
			}
			out = append(out, a)
		}
	}
	return out
}

var (
	upn        = regexp.MustCompile(`(?i)\b[A-Z]\d{11}[0-9A-Z]\b`)
	tenDigits  = regexp.MustCompile(`\b\d{3}[ -]?\d{3}[ -]?\d{4}\b`)
	longNumber = regexp.MustCompile(`\b\d{6,}\b`)
	phone      = regexp.MustCompile(`(?:\+44 ?\(?0?\)?|\b0)\d[\d ]{8,11}\b`)
	link       = regexp.MustCompile(`\(?https?://\S+|\S+@\S+`)
	birth      = regexp.MustCompile(`(?i)\b(d\.?o\.?b\b|date of birth|born (on|in)\b|birthday)`)
	anyDate    = regexp.MustCompile(`(?i)\b\d{1,2}[/.\-]\d{1,2}[/.\-](\d{4}|\d{2})\b|\b\d{1,2}(?:st|nd|rd|th)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* (\d{4})\b|\b(\d{4})-\d{2}-\d{2}\b`)
	aged       = regexp.MustCompile(`(?i)\b(?:aged? ?\d{1,2}\b|\d{1,2}[ -]years?[ -]olds?\b|\d{1,2} ?(?:yo|y/o)\b)|\b[A-Z][a-z]+ \(\d{1,2}\)`)
	lettered   = regexp.MustCompile(`\b(?:[Cc]hild|[Bb]aby|[Ss]ibling|[Bb]oy|[Gg]irl|YP|[Yy]oung [Pp]erson) (?:[A-Z]{1,2}|[0-9]{1,2})\b`)
	initials   = regexp.MustCompile(`\b[A-Z]\.\s?[A-Z]\.`)
	kinship    = regexp.MustCompile(`\b(?:[Cc]hild|[Ss]on|[Dd]aughter|[Bb]rother|[Ss]ister|[Ss]ibling|[Pp]upil|[Bb]aby|[Mm]other of|[Ff]ather of|[Pp]arents of|[Cc]arers? of|[Ff]amily of|[Cc]ase of|[Ss]tudent) (?:called |named )?([A-Z][a-z’'-]+(?: [A-Z][a-z’'-]+)?)`)
	word       = regexp.MustCompile(`[\p{L}’'-]+`)
)

// lintChild looks for what may be a child's: numbers, dates of birth, ages and names.
func lintChild(c Checked, all string, say func(kind string, stop bool, format string, args ...any)) {
	text := link.ReplaceAllString(all, " ")
	for _, m := range upn.FindAllString(text, -1) {
		say("child", true, "%s looks like a pupil’s number: take it out. Nothing about a child belongs in a message", quoted(m))
	}
	withoutPhones := phone.ReplaceAllString(text, " ")
	for _, m := range tenDigits.FindAllString(withoutPhones, -1) {
		if nhsNumber(m) {
			say("child", true, "%s looks like an NHS number: take it out. Nothing about a child belongs in a message", quoted(m))
			withoutPhones = strings.ReplaceAll(withoutPhones, m, " ")
		}
	}
	for _, m := range longNumber.FindAllString(upn.ReplaceAllString(withoutPhones, " "), -1) {
		say("child", false, "Is %s the number of a child’s record? Take it out if it is", quoted(m))
	}
	cue := birth.FindString(text)
	for _, m := range anyDate.FindAllStringSubmatch(text, -1) {
		year := m[1] + m[2] + m[3]
		if len(year) == 2 {
			year = "20" + year
		}
		young := year >= fmt.Sprint(c.Today.Time().Year()-25) && c.Today != "" && year < fmt.Sprint(c.Today.Time().Year()-1)
		switch {
		case cue != "":
			say("child", true, "%s stands beside “%s”: take a date of birth out. Nothing about a child belongs in a message", quoted(m[0]), cue)
		case young:
			say("child", false, "Is %s a date of birth? Take it out if it is", quoted(m[0]))
		}
	}
	for _, re := range []*regexp.Regexp{lettered, aged, initials} {
		if m := re.FindString(text); m != "" {
			say("child", false, "Does %s describe one child? Say it of services, not of a child", quoted(m))
		}
	}
	named := map[string]bool{}
	for _, m := range kinship.FindAllStringSubmatch(text, -1) {
		if !isOurs(m[1], c.Known) && !weekdayOrMonth(m[1]) {
			named[m[1]] = true
			say("child", false, "Is %s a child, or of a child’s family? Never name them", quoted(m[1]))
		}
	}
	words := word.FindAllStringIndex(text, -1)
	for i, at := range words {
		w := text[at[0]:at[1]]
		first := strings.TrimSuffix(strings.TrimSuffix(w, "'s"), "’s")
		if !slices.Contains(firstNames, first) || isOurs(first, c.Known) {
			continue
		}
		if i+1 < len(words) {
			next := text[words[i+1][0]:words[i+1][1]]
			if text[at[1]:words[i+1][0]] == " " && next != strings.ToLower(next) {
				first += " " + next
			}
		}
		if !named[first] && !isOurs(first, c.Known) {
			named[first] = true
			say("child", false, "Is %s a child, or of a child’s family? Never name them", quoted(first))
		}
	}
}

// childs gives what in a text is a child's beyond doubt, in a sentence; empty for
// nothing. It is not even kept: a draft and its history would hold it for good.
func (s *Service) childs(text string) (says string) {
	lintChild(Checked{Today: s.Today()}, text, func(_ string, stop bool, format string, args ...any) {
		if stop && says == "" {
			says = fmt.Sprintf(format, args...)
		}
	})
	return says
}

// isOurs reports whether a name is that of somebody of the tracker, or a part of it.
func isOurs(name string, known []string) bool {
	return slices.ContainsFunc(known, func(k string) bool {
		return strings.EqualFold(k, name) || slices.Contains(strings.Fields(k), name)
	})
}

func weekdayOrMonth(s string) bool {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if s == d.String() {
			return true
		}
	}
	for m := time.January; m <= time.December; m++ {
		if s == m.String() {
			return true
		}
	}
	return false
}

// nhsNumber reports whether ten digits end with their own check digit, as those of the
// NHS do (NHS Data Dictionary: modulus 11, weights 10 to 2).
func nhsNumber(s string) bool {
	sum, n, check := 0, 0, 0
	for _, r := range s {
		if r < '0' || r > '9' {
			continue
		}
		if n < 9 {
			sum += int(r-'0') * (10 - n)
		} else {
			check = int(r - '0')
		}
		n++
	}
	want := 11 - sum%11
	if want == 11 {
		want = 0
	}
	return n == 10 && want == check
}

var (
	grades   = regexp.MustCompile(`(?i)\b(inadequate|requires improvement|outstanding)\b`)
	goodness = regexp.MustCompile(`(?i)\b(?:judged|graded|rated|judgements? (?:of|is|are|was|were)|we (?:are|got|were)) (?:to be )?(?:a )?good\b|\bgood overall\b|\boverall[:,]? good\b`)
	outcome  = regexp.MustCompile(`(?i)\b(draft report|provisional (?:judgements?|grades?|findings?|outcome)|headline findings?|inspectors (?:found|told us|have told|said|judged|concluded)|lead inspector (?:told|said|has told)|areas? for priority action|final feedback (?:was|is|has))\b`)
)

// outcomeIs is a sentence about the outcome, with what it goes on with: that it is
// confidential may be said to everybody.
var (
	outcomeIs = regexp.MustCompile(`(?i)\boutcome (?:is|was|will be|looks) (?:\w+ )?(\w+)`)
	mayBeSaid = regexp.MustCompile(`(?i)\b(confidential|confidence|known|published|embargo|secret|public)$`)
)

// lintOutcome looks for what tells the outcome of an inspection. While it is under
// embargo that stops a message that others than its named readers get.
func lintOutcome(c Checked, all string, say func(kind string, stop bool, format string, args ...any)) {
	if c.Embargoed || c.Phase == Publication && !c.Embargo || c.Phase == After && !c.Embargo {
		return
	}
	stop := c.Embargo || c.Phase == Embargo || c.Phase == OnSite
	found := []string{grades.FindString(all), goodness.FindString(all), outcome.FindString(all)}
	for _, m := range outcomeIs.FindAllString(all, -1) {
		if words := strings.Fields(m); !mayBeSaid.MatchString(m) && !mayBeSaid.MatchString(words[2]) {
			found = append(found, m)
		}
	}
	for _, m := range found {
		if m != "" {
			if stop {
				say("embargo", true, "%s may tell the outcome before it is published: take it out, or put the message under embargo", quoted(m))
			} else {
				say("embargo", false, "%s reads like an outcome: leave grades to the published report", quoted(m))
			}
		}
	}
}
