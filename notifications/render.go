package notifications

import (
	"fmt"
	"time"

	"readiness/workpackages"
)

// idle says how long a package has gone without an update, and what the last one was.
func idle(p workpackages.PackageReadiness, zone *time.Location) string {
	if p.UpdatedAt.IsZero() {
		return fmt.Sprintf("no update yet, %s after it was set up", days(p.IdleDays))
	}
	return fmt.Sprintf("no update for %s. Last: %s, by %s (%s)", days(p.IdleDays), workpackages.DateOf(p.UpdatedAt, zone), p.UpdatedBy, p.Status.Short())
}

func days(n int) string {
	if n == 1 {
		return "1 working day"
	}
	return fmt.Sprintf("%d working days", n)
}
