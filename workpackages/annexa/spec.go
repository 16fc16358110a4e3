package annexa

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed spec.yaml
var specYAML []byte

// spec is what a list may hold; see spec.yaml for the facts and their sources.
type spec struct {
	Sources  map[string]string `yaml:"sources"`
	Lists    []*list           `yaml:"lists"`
	CodeSets []*codeSet        `yaml:"code_sets"`
	codes    map[string]*codeSet
}

type list struct {
	Number  int       `yaml:"number"`
	Title   string    `yaml:"title"` // "List 1: Contacts"
	Short   string    `yaml:"short"`
	Unborn  bool      `yaml:"unborn"` // an unborn child may be in it
	Columns []*column `yaml:"columns"`
}

type column struct {
	Heading    string   `yaml:"heading"`
	Type       string   `yaml:"type"` // text, code, date, number
	Codes      string   `yaml:"codes"`
	Required   bool     `yaml:"required"` // a cell may never be blank
	Basis      string   `yaml:"basis"`    // the source of Required
	Min        *int     `yaml:"min"`
	QueryAbove *int     `yaml:"query_above"`
	Aliases    []string `yaml:"aliases"`
	Later      bool     `yaml:"later"` // not in the edition of August 2019
	Inferred   bool     `yaml:"inferred"`
	Source     string   `yaml:"source"`

	folded  string // the heading, as foldHeading has it
	aliases []string
}

// isID reports whether the column holds who the row is about.
func (c *column) isID() bool {
	return c.Heading == "Child Unique ID" || c.Heading == "Individual adopter identifier"
}

// load parses the specification once; it is checked by a test, so a fault in it
// is a fault in the program.
var load = sync.OnceValue(func() *spec {
	var s spec
	if err := yaml.Unmarshal(specYAML, &s); err != nil {
		panic(fmt.Sprintf("annexa: spec.yaml: %v", err))
	}
	for _, l := range s.Lists {
		for _, c := range l.Columns {
			c.folded = foldHeading(c.Heading)
			for _, a := range c.Aliases {
				c.aliases = append(c.aliases, foldHeading(a))
			}
		}
	}
	s.codes = map[string]*codeSet{}
	for _, c := range s.CodeSets {
		c.index()
		s.codes[c.ID] = c
	}
	return &s
})

var (
	folder = strings.NewReplacer(
		"’", "'", "‘", "'", "“", `"`, "”", `"`, "`", "'", "–", "-", "—", "-", "‑", "-", "\u00a0", " ", "\ufeff", "", "\u200b", "",
	)
	camel    = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	nonWords = regexp.MustCompile(`[^\p{L}\p{N}]+`)
)

// fold takes away what two spellings of one text may differ in: case, kinds of
// quotation mark and dash, spaces.
func fold(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(folder.Replace(s)), " "))
}

// foldHeading goes further, for headings only: punctuation is nothing, and
// "DateOfBirth" is "date of birth".
func foldHeading(s string) string {
	s = camel.ReplaceAllString(folder.Replace(s), "$1 $2")
	return strings.TrimSpace(nonWords.ReplaceAllString(strings.ToLower(s), " "))
}

// blank reports whether a cell says nothing. Returns write it in several ways.
func blank(s string) bool {
	switch fold(s) {
	case "", "-", "--", "n/a", "na", "null", "none", "nan", "nil", "not applicable":
		return true
	}
	return false
}
