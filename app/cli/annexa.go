package cli

import (
	"fmt"
	"io"
)

func annexaCommand(args []string, stdout, stderr io.Writer) int {
	fmt.Fprintln(stderr, "not here yet")
	return exitUsage
}
