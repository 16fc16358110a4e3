package main

import (
	"fmt"
	"slices"
	"strings"

	"readiness/notifications/notifytest"
)

// Verdict is what became of the messages of a plan, by key.
type Verdict struct {
	Lost       []string // due, and never posted
	Doubled    []string // posted more than once
	Disordered []string // before one that comes before it in its thread, or not in its thread
}

// Good reports whether every message was posted once, in its place.
func (v Verdict) Good() bool { return len(v.Lost)+len(v.Doubled)+len(v.Disordered) == 0 }

// Examples names some of what went wrong.
func (v Verdict) Examples() string {
	var out []string
	for _, x := range []struct {
		what string
		keys []string
	}{{"lost", v.Lost}, {"doubled", v.Doubled}, {"out of order", v.Disordered}} {
		if len(x.keys) > 0 {
			out = append(out, fmt.Sprintf("%d %s, such as %s", len(x.keys), x.what, strings.Join(x.keys[:min(len(x.keys), 3)], ", ")))
		}
	}
	if len(out) == 0 {
		return "nothing lost, doubled or out of order"
	}
	return strings.Join(out, "; ")
}

// count holds what reached Slack, oldest first, against a plan.
func count(p Plan, posts []notifytest.Posted) (v Verdict) {
	places := map[string][]int{} // of each key among the posts
	for i, m := range posts {
		places[m.Key] = append(places[m.Key], i)
	}
	for n := range p.People() {
		var roots []string // timestamps of the thread's first message
		for _, i := range places[key(n, 0)] {
			roots = append(roots, posts[i].Timestamp)
		}
		last := -1
		for place := range p.Length {
			k := key(n, place)
			at := places[k]
			switch {
			case len(at) == 0:
				v.Lost = append(v.Lost, k)
				continue
			case len(at) > 1:
				v.Doubled = append(v.Doubled, k)
			}
			m := posts[at[0]]
			if at[0] < last || place == 0 && m.ThreadTS != "" || place > 0 && !slices.Contains(roots, m.ThreadTS) {
				v.Disordered = append(v.Disordered, k)
			}
			last = max(last, at[0])
		}
	}
	for n := range p.Staff {
		k := p.staffKey(n)
		switch at := places[k]; {
		case len(at) == 0:
			v.Lost = append(v.Lost, k)
		case len(at) > 1:
			v.Doubled = append(v.Doubled, k)
		}
	}
	return v
}

// missing is how many messages of a plan have not been posted, by how often each
// key was.
func missing(p Plan, times map[string]int) int {
	n := 0
	for who := range p.People() {
		for place := range p.Length {
			if times[key(who, place)] == 0 {
				n++
			}
		}
	}
	for who := range p.Staff {
		if times[p.staffKey(who)] == 0 {
			n++
		}
	}
	return n
}
