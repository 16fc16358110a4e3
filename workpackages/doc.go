// Package workpackages is the domain: steering groups, the priority work
// packages they carry, and who may say what about them.
//
// A work package is one aggregate. Everything that belongs to it (milestones,
// actions, evidence, issues) changes only through the [Service], and each change is one
// immutable [Entry] in the package's history, numbered by version. The entry is
// the change: storing it, under an identifier that nobody else can take, is
// what makes the change happen, and the package that readers see is the state
// the newest entry carries. So an acknowledged change and its history cannot
// come apart, two people cannot both make version 8, and what the plan looked
// like on any past day can be read back.
//
// An Annexe A check is kept beside the packages: how much is wrong, by rule, list
// and column, and no child's data. A package takes up a cause that a check found
// as an issue, and later checks close it and open it again.
//
// Who may do what: an assistant director everything; a lead the packages of
// their own group; a data analyst checks Annexe A and takes up causes on every
// package; everybody who can sign in reads. The checks are in the
// Service, so the browser, the API, Slack and the command line share them.
//
// Times are UTC to the millisecond; days are calendar days in the council's
// zone; nothing here reads a clock.
package workpackages
