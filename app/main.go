// Command readiness is the tracker that a council's children's services use to
// be ready when Ofsted rings.
package main

import (
	"os"

	"readiness/app/cli"
)

func main() {
	os.Exit(cli.Run(os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}
