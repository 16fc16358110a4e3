package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// pkg is what go list says of a package.
type pkg struct {
	ImportPath, Doc                    string
	Imports, TestImports, XTestImports []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Doc,Imports,TestImports,XTestImports", "readiness/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// order is the one line of arrows: a package may import what stands to its
// right and nothing to its left.
var order = []string{"app", "schedules", "notifications", "workpackages"}

func top(importPath string) string {
	path, ok := strings.CutPrefix(importPath, "readiness/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(path, "/")
	return name
}

func TestArrowsPointOneWay(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range packages(t) {
		from := top(p.ImportPath)
		seen[from] = true
		// Tests keep to the arrows too: a package that can only be tested with
		// what is built on it is in the wrong place.
		for _, imp := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			to := top(imp)
			switch {
			case to == "" || to == from:
			case to == "config" && from != "app":
				t.Errorf("%s imports %s: only app reads config", p.ImportPath, imp)
			case from == "config":
				t.Errorf("%s imports %s: config knows nobody", p.ImportPath, imp)
			case to != "config" && slices.Index(order, to) < slices.Index(order, from):
				t.Errorf("%s imports %s: against the arrows %s", p.ImportPath, imp, strings.Join(order, " → "))
			}
		}
	}
	for _, name := range append(order, "config") {
		if !seen[name] {
			t.Errorf("there is no package under %s: this test looks at nothing", name)
		}
	}
}

// annexaMay are the parts of our own that the Annexe A check leans on.
var annexaMay = []string{"readiness/workpackages/annexa/tabular", "readiness/workpackages/phrase", "readiness/workpackages/workingdays"}

func TestWhatEachPartMayLeanOn(t *testing.T) {
	for _, p := range packages(t) {
		for _, imp := range p.Imports {
			outside := strings.Contains(strings.Split(imp, "/")[0], ".")
			switch {
			case p.ImportPath == "readiness/workpackages" && outside:
				t.Errorf("the domain imports %s: it has the standard library", imp)
			case strings.HasPrefix(p.ImportPath, "readiness/workpackages/annexa") && !slices.Contains(annexaMay, imp) && (top(imp) != "" || strings.HasPrefix(imp, "net") || imp == "os"):
				t.Errorf("annexa imports %s: it has no database, no network and no files", imp)
			case strings.HasPrefix(imp, "go.mongodb.org/") && p.ImportPath != "readiness/app/store":
				t.Errorf("%s imports %s: only app/store speaks to the database", p.ImportPath, imp)
			case strings.HasPrefix(imp, "github.com/slack-go/") && !strings.HasPrefix(p.ImportPath, "readiness/notifications/slack"):
				t.Errorf("%s imports %s: only notifications/slack speaks to Slack", p.ImportPath, imp)
			case (strings.HasPrefix(imp, "github.com/yuin/goldmark") || strings.HasPrefix(imp, "github.com/gomutex/godocx")) && p.ImportPath != "readiness/notifications/comms":
				t.Errorf("%s imports %s: wordings are read and written by notifications/comms", p.ImportPath, imp)
			case strings.HasPrefix(imp, "github.com/gofiber/") && p.ImportPath != "readiness/app/web":
				t.Errorf("%s imports %s: only app/web speaks HTTP", p.ImportPath, imp)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}
