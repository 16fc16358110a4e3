// Package annexa checks Annexe A: the eleven child-level lists that Ofsted asks
// for at the start of an inspection of children's services. It needs no
// database, no clock and no network.
//
// A check has four steps. Tables are read row by row (package tabular) and
// recognised as lists by their headings (recognise.go). Each cell becomes a
// small number in a typed column: a day, a code's place, a count (dataset.go,
// cells.go); the text itself is forgotten. Rules (rule.go and the rules_ files)
// then run over the columns, and what they find is gathered into causes, with
// what the pattern speaks for: the extract, or recording by people (causes.go).
//
// What comes out, a [Report], says how much is wrong, in which list and column
// and on which rows, by rule, and never what a cell holds.
package annexa
