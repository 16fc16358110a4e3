package store

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"readiness/workpackages"
)

func zipped(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const head = `{"product":"readiness","format":1}` + "\n"

func TestExportsThatAreNotWholeAreRefused(t *testing.T) {
	one := `{"collection":"people","document":{"_id":"a"}}` + "\n"
	for what, text := range map[string]string{
		"nothing":                "",
		"no head":                one + `{"end":true,"documents":1}`,
		"another product":        `{"product":"other","format":1}` + "\n" + `{"end":true}`,
		"another format":         `{"product":"readiness","format":9}` + "\n" + `{"end":true}`,
		"no foot":                head + one,
		"a document missing":     head + one + `{"end":true,"documents":2}`,
		"more after the foot":    head + `{"end":true}` + "\n" + one,
		"an unknown collection":  head + `{"collection":"sessions","document":{"_id":"a"}}` + "\n" + `{"end":true,"documents":1}`,
		"a document without id":  head + `{"collection":"people","document":{"x":1}}` + "\n" + `{"end":true,"documents":1}`,
		"a document of no kind":  head + `{"collection":"people","document":7}` + "\n" + `{"end":true,"documents":1}`,
		"a line that is no JSON": head + "hello\n",
	} {
		if _, err := readExport(bytes.NewReader(zipped(t, text))); workpackages.KindOf(err) != workpackages.Invalid || err == nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if docs, err := readExport(bytes.NewReader(zipped(t, head+one+`{"end":true,"documents":1}`))); err != nil || len(docs) != 1 {
		t.Errorf("a whole one: %d %v", len(docs), err)
	}
	if _, err := readExport(strings.NewReader("not gzip")); err == nil {
		t.Error("text was taken for an export")
	}
}

func FuzzReadExport(f *testing.F) {
	f.Add(zipped(f, head+`{"collection":"people","document":{"_id":"a"}}`+"\n"+`{"end":true,"documents":1}`))
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := readExport(bytes.NewReader(data)); err != nil && workpackages.KindOf(err) != workpackages.Invalid {
			t.Errorf("not a sentence for a person: %v", err)
		}
	})
}
