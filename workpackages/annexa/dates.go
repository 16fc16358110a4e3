package annexa

import (
	"math"
	"strconv"
	"strings"
	"time"

	"readiness/workpackages/workingdays"
)

// day is a calendar day, counted from 1 January 1970.
type day int32

func dayOf(t time.Time) day {
	y, m, d := t.Date()
	return day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (d day) time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// addMonths moves by calendar months: a month after 31 January is the last of
// February.
func (d day) addMonths(n int) day {
	t := d.time()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return dayOf(first.AddDate(0, 0, min(t.Day(), last)-1))
}

// workingDaysTo counts the working days after d, up to and including to.
func (d day) workingDaysTo(to day) int { return workingdays.Between(d.time(), to.time()) }

// ageAt gives the age in whole years at a day, and -1 before birth.
func (born day) ageAt(at day) int {
	if born > at {
		return -1
	}
	b, t := born.time(), at.time()
	years := t.Year() - b.Year()
	if t.Month() < b.Month() || t.Month() == b.Month() && t.Day() < b.Day() {
		years--
	}
	return years
}

type dateVerdict uint8

const (
	goodDate dateVerdict = iota
	notDate
	swappedDate // the month is above 12 and the day is not
)

const (
	lastSerial = 2958465     // 31 December 9999
	epoch1900  = day(-25569) // 30 December 1899, from which Excel counts after February 1900
	epoch1904  = day(-25569 + 1462)
)

// serialDate reads a day as workbooks keep them: days since 1900 or 1904. Times
// are dropped.
func serialDate(serial float64, date1904 bool) (day, dateVerdict) {
	if serial < 0 || serial > lastSerial || math.IsNaN(serial) {
		return 0, notDate
	}
	n := day(serial)
	switch {
	case date1904:
		return epoch1904 + n, goodDate
	case n < 61:
		return epoch1900 + 1 + n, goodDate // Excel believes in 29 February 1900
	}
	return epoch1900 + n, goodDate
}

// readDate reads text as a day: DD/MM/YYYY or YYYY-MM-DD, with slashes, points or
// hyphens; YYYYMMDD; "24 Nov 2026" and, as SQL Server writes it unasked, "Nov 24
// 2026 12:00AM"; or a serial number. Times are dropped.
func readDate(cell string, date1904 bool) (day, dateVerdict) {
	s := strings.TrimSpace(cell)
	if !plainASCII(s) {
		s = strings.TrimSpace(folder.Replace(s))
	}
	if s == "00/01/1900" || s == "1900-01-00" {
		return epoch1900 + 1, goodDate // how Excel shows nought: a stand-in
	}
	if d, v, ok := threeNumbers(dropTime(s)); ok {
		return d, v
	}
	if len(s) == len("20261124") && digits(s) { // no serial number is as long
		t, err := time.Parse("20060102", s)
		if err != nil {
			return 0, notDate
		}
		return dayOf(t), goodDate
	}
	if serial, err := strconv.ParseFloat(s, 64); err == nil {
		return serialDate(serial, date1904)
	}
	s = shortSept.Replace(dropTime(s))
	for _, layout := range []string{"2 Jan 2006", "2 January 2006", "2-Jan-2006", "Jan _2 2006 3:04PM"} {
		if t, err := time.Parse(layout, s); err == nil {
			return dayOf(t), goodDate
		}
	}
	return 0, notDate
}

// shortSept takes the short September of newer programs for that of Go.
var shortSept = strings.NewReplacer("Sept ", "Sep ", "Sept-", "Sep-")

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// dropTime takes away a time of day after a date: " 09:30", "T09:30:00Z", " 9:30 AM".
func dropTime(s string) string {
	i := strings.IndexAny(s, " T")
	if i < 8 || i > 10 { // no date is shorter than 1/2/2026 or longer than 01/02/2026
		return s
	}
	rest := s[i+1:]
	if len(rest) < 4 || !strings.Contains(rest[:min(3, len(rest))], ":") {
		return s
	}
	for _, r := range rest {
		if (r < '0' || r > '9') && !strings.ContainsRune(":.+-ZAPMapm ", r) {
			return s
		}
	}
	return s[:i]
}

// threeNumbers reads 24/11/2026 and 2026-11-24, with any separator; ok is false where the text has
// another shape.
func threeNumbers(s string) (d day, v dateVerdict, ok bool) {
	var n, digits [3]int
	part, sep := 0, byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			n[part] = n[part]*10 + int(c-'0')
			if digits[part]++; digits[part] > 4 {
				return 0, 0, false
			}
		case (c == '/' || c == '-' || c == '.') && part < 2 && digits[part] > 0 && (sep == 0 || sep == c):
			part, sep = part+1, c
		default:
			return 0, 0, false
		}
	}
	var year, month, dd int
	switch {
	case part != 2:
		return 0, 0, false
	case digits[2] == 4 && digits[0] <= 2 && digits[1] <= 2:
		dd, month, year = n[0], n[1], n[2]
	case digits[0] == 4 && digits[1] <= 2 && digits[2] > 0 && digits[2] <= 2:
		year, month, dd = n[0], n[1], n[2]
	default:
		return 0, 0, false
	}
	if month > 12 && month <= 31 && dd >= 1 && dd <= 12 {
		return 0, swappedDate, true
	}
	t := time.Date(year, time.Month(month), dd, 0, 0, 0, 0, time.UTC)
	if t.Day() != dd || int(t.Month()) != month || year == 0 {
		return 0, notDate, true
	}
	return dayOf(t), goodDate, true
}

// placeholders are dates that stand for none: see rule S06.
var placeholders = map[day]bool{}

func init() {
	for _, s := range []string{"1899-12-30", "1899-12-31", "1900-01-01", "1753-01-01", "9999-12-31", "2999-12-31", "1970-01-01", "1904-01-01"} {
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			panic(err)
		}
		placeholders[dayOf(t)] = true
	}
}
