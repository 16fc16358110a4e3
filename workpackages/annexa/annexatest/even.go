package annexatest

import "fmt"

// uneven says what, of the rules about a whole column, the return would break:
// a column blank or of one value in a list of 20 rows (S07), a date column
// with no day above 12 (S05), a share too large or too small (P06, P07, C26).
func uneven(r *Return) error {
	for _, l := range r.Lists {
		for i, h := range l.Headings {
			if err := unevenColumn(l, i, h); err != nil {
				return fmt.Errorf("List %d, %q: %w", l.Number, h, err)
			}
		}
	}
	return nil
}

func unevenColumn(l *List, i int, h string) error {
	values := map[string]int{}
	swapped := kinds[h] == date
	for _, row := range l.Rows {
		values[row[i]]++
		if len(row[i]) == 10 && row[i][:2] > "12" {
			swapped = false
		}
	}
	filled := len(values)
	if values[""] > 0 {
		filled--
	}
	of := func(codes ...string) (share float64) {
		for _, c := range codes {
			share += float64(values[c]) / float64(len(l.Rows))
		}
		return share
	}
	switch {
	case filled < 2 && len(l.Rows) >= 20:
		return fmt.Errorf("%d values in %d rows", filled, len(l.Rows))
	case swapped && filled > 0:
		return fmt.Errorf("no day above 12")
	case h == ethnicity && of(notObtained...) >= 0.045:
		return fmt.Errorf("too many not obtained")
	case h == disability && (of(yes) < 0.02 || of(unknown) > 0.09):
		return fmt.Errorf("disability out of range")
	case (h == contactSource || h == referralSource) && of(unknownSource...) >= 0.045:
		return fmt.Errorf("too many sources not known")
	}
	return nil
}
