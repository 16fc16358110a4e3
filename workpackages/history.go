package workpackages

import (
	"fmt"
	"time"
)

// Entry is one change to one package: immutable, numbered, and carrying the
// whole state it led to.
type Entry struct {
	ID        string        `bson:"_id"` // EntryID(PackageID, Version): taken once, for good
	PackageID string        `bson:"package"`
	Version   int64         `bson:"version"`
	At        time.Time     `bson:"at"` // never earlier than the entry before it
	By        Actor         `bson:"by"`
	Kind      EntryKind     `bson:"kind"`
	Summary   string        `bson:"summary"`
	Changes   []Change      `bson:"changes"`
	Update    *StatusUpdate `bson:"update"` // with Updated
	ItemID    string        `bson:"item"`   // the milestone, action, evidence or issue concerned
	State     WorkPackage   `bson:"state"`
}

// EntryKind says what sort of change an entry is.
type EntryKind string

// The kinds of change.
const (
	Created          EntryKind = "created"
	Updated          EntryKind = "status_update"
	Edited           EntryKind = "edited"
	MilestoneAdded   EntryKind = "milestone_added"
	MilestoneChanged EntryKind = "milestone_changed"
	ActionAdded      EntryKind = "action_added"
	ActionChanged    EntryKind = "action_changed"
	EvidenceAdded    EntryKind = "evidence_added"
	EvidenceChanged  EntryKind = "evidence_changed"
	IssueAdded       EntryKind = "issue_added"
	IssueChanged     EntryKind = "issue_changed"
)

// Change is one field before and after, in words fit to show.
type Change struct {
	Field string `bson:"field" json:"field"`
	From  string `bson:"from" json:"from"`
	To    string `bson:"to" json:"to"`
}

// EntryID names the entry that makes a version of a package.
func EntryID(packageID string, version int64) string {
	return fmt.Sprintf("%s/%d", packageID, version)
}

// changes gathers the fields that differ.
type changes []Change

func (c *changes) add(field, from, to string) {
	if from != to {
		*c = append(*c, Change{Field: field, From: from, To: to})
	}
}

// addOwner compares people, not their names: two may share one, and then the
// e-mail addresses tell them apart.
func (c *changes) addOwner(people []Person, from, to string) {
	if from == to {
		return
	}
	was, is := NameOf(people, from), NameOf(people, to)
	if was == is {
		was, is = nameAndEmail(people, from), nameAndEmail(people, to)
	}
	*c = append(*c, Change{Field: "owner", From: was, To: is})
}

func nameAndEmail(people []Person, id string) string {
	for _, p := range people {
		if p.ID == id {
			return fmt.Sprintf("%s (%s)", p.Name, p.Email)
		}
	}
	return ""
}
