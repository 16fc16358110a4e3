package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/workpackages"
)

// trendView is the picture of errors, warnings and fit lists over the checks:
// points worked out here, drawn in the template.
type trendView struct {
	Rows        []checkHead // the oldest first; the picture's data
	Says        string      // what the picture shows, in words
	Ticks       []tick      // of the scale of counts
	Errors      series
	Warnings    series
	Bars        []bar
	Days        []tick
	FitY, FitTo int // the strip of lists that are fit
}

type series struct {
	Line   string // of a polyline
	Points []point
	LabelY int
}

type point struct{ X, Y int }

type bar struct {
	X, Y, W, H, Mid, N int
}

type tick struct {
	At   int
	Text string
}

// The picture's size in its own units; it is drawn as wide as its place.
const (
	trendWidth, trendLeft, trendRight = 480, 52, 388
	trendTop, trendBottom             = 18, 168
	fitTop, fitBottom                 = 214, 270
)

// Width and height, for the template.
func (trendView) Width() int  { return trendWidth }
func (trendView) Height() int { return 306 }
func (trendView) Left() int   { return trendLeft }
func (trendView) Right() int  { return trendRight }
func (trendView) FitBase() int {
	return fitBottom
}

// newTrend draws up to trendLength checks, given the newest first. One check
// alone shows no trend, and makes no picture.
func newTrend(newestFirst []workpackages.CheckSummary, zone *time.Location) trendView {
	var v trendView
	for _, c := range slices.Backward(newestFirst) {
		v.Rows = append(v.Rows, newCheckHead(c))
	}
	n := len(v.Rows)
	if n < 2 {
		return trendView{}
	}
	most := 1
	for _, r := range v.Rows {
		most = max(most, r.Totals.Errors, r.Totals.Warnings)
	}
	top := niceTop(most)
	y := func(count int) int { return trendBottom - (trendBottom-trendTop)*count/top }
	step := (trendRight - trendLeft) / n
	for i, r := range v.Rows {
		x := trendLeft + step*i + step/2
		v.Errors.Points = append(v.Errors.Points, point{x, y(r.Totals.Errors)})
		v.Warnings.Points = append(v.Warnings.Points, point{x, y(r.Totals.Warnings)})
		h := (fitBottom - fitTop) * r.Ok / 11
		w := min(step*2/3, 28)
		v.Bars = append(v.Bars, bar{X: x - w/2, Y: fitBottom - h, W: w, H: h, Mid: x, N: r.Ok})
		if i == 0 || i == n-1 || n <= 4 {
			v.Days = append(v.Days, tick{x, r.At.In(zone).Format("2 Jan")})
		}
	}
	for _, count := range []int{0, top / 2, top} {
		v.Ticks = append(v.Ticks, tick{y(count), fmt.Sprint(count)})
	}
	v.Errors.finish()
	v.Warnings.finish()
	apart(&v.Errors.LabelY, &v.Warnings.LabelY)
	first, last := v.Rows[0], v.Rows[n-1]
	v.Says = fmt.Sprintf("Over %d checks, from %s to %s: errors went from %d to %d, warnings from %d to %d, and lists that are fit to send from %d to %d of 11.",
		n, first.At.In(zone).Format("2 January 2006"), last.At.In(zone).Format("2 January 2006"),
		first.Totals.Errors, last.Totals.Errors, first.Totals.Warnings, last.Totals.Warnings, first.Ok, last.Ok)
	return v
}

func (s *series) finish() {
	var b strings.Builder
	for _, p := range s.Points {
		fmt.Fprintf(&b, "%d,%d ", p.X, p.Y)
	}
	s.Line = strings.TrimSpace(b.String())
	s.LabelY = s.Points[len(s.Points)-1].Y + 5
}

// apart moves two labels that would lie on each other.
func apart(a, b *int) {
	const gap = 18
	if *b < *a {
		a, b = b, a
	}
	if short := gap - (*b - *a); short > 0 {
		*a -= short / 2
		*b += short - short/2
	}
}

// niceTop is the round even number at or above n that ends the scale.
func niceTop(n int) int {
	for unit := 1; ; unit *= 10 {
		for _, m := range []int{2, 4, 6, 8, 10} {
			if m*unit >= n {
				return m * unit
			}
		}
	}
}
