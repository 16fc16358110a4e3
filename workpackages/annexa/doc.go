// Package annexa checks Annexe A: the eleven child-level lists that Ofsted asks
// for at the start of an inspection of children's services. It needs no
// database, no clock and no network.
//
// Rows pass through the checks one at a time and are forgotten. What comes out,
// a [Report], says how much is wrong, in which list and column and on which
// rows, by rule, and never what a cell holds: a report may be stored, logged and
// sent where a child's record may not.
package annexa
