package annexa

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

type dateVerdict int

const (
	goodDate dateVerdict = iota
	notDate
	swappedDate // the month is above 12 and the day is not
)

var (
	dayFirst = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$`)
	isoDate  = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})$`)
	timePart = regexp.MustCompile(`[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z| ?[AaPp][Mm])?$`)
)

// Serial numbers that can be dates: from 1 January 1900 to 31 December 9999.
const lastSerial = 2958465

// readDate reads a cell as a day: a serial number as Excel keeps dates, or text
// as DD/MM/YYYY or YYYY-MM-DD. Times are dropped.
func readDate(cell string, date1904 bool) (time.Time, dateVerdict) {
	s := strings.TrimSpace(folder.Replace(cell))
	if serial, err := strconv.ParseFloat(s, 64); err == nil {
		if serial < 0 || serial > lastSerial || math.IsNaN(serial) {
			return time.Time{}, notDate
		}
		epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
		if date1904 {
			epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
		} else if serial < 61 {
			epoch = epoch.AddDate(0, 0, 1) // Excel believes in 29 February 1900
		}
		return epoch.AddDate(0, 0, int(serial)), goodDate
	}
	s = timePart.ReplaceAllString(s, "")
	var y, m, d int
	if p := dayFirst.FindStringSubmatch(s); p != nil {
		d, m, y = atoi(p[1]), atoi(p[2]), atoi(p[3])
	} else if p := isoDate.FindStringSubmatch(s); p != nil {
		y, m, d = atoi(p[1]), atoi(p[2]), atoi(p[3])
	} else {
		return time.Time{}, notDate
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	switch {
	case m > 12 && m <= 31 && d >= 1 && d <= 12:
		return time.Time{}, swappedDate
	case t.Day() != d || int(t.Month()) != m || y == 0:
		return time.Time{}, notDate
	}
	return t, goodDate
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

// placeholder reports whether a date stands for none: see rule S06.
func placeholder(d time.Time) bool {
	switch d.Format(time.DateOnly) {
	case "1899-12-30", "1899-12-31", "1900-01-01", "1753-01-01", "9999-12-31", "2999-12-31", "1970-01-01", "1904-01-01":
		return true
	}
	return false
}
