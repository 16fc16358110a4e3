package comms

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"
)

func aBriefing() Briefing {
	return Briefing{
		Heading: "Ofsted’s report & <you>", For: "Elected members", Wording: 3, Approved: "Approved by Director Example on 24 November 2026",
		Marking: "For the people it is addressed to.", Day: "24 November 2026",
		Body: Parse("**Bold** and _slanted_.\n\n## A heading\n\n- one\n  - inner\n\n1. first\n\nBetween.\n\n1. again\n\n> said\n\n[The plan](https://example.gov.uk/p?a=1&b=2)\n\nTwo\\\nlines."),
	}
}

// parts gives the parts of a document of Word, each of which must be XML.
func parts(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
		if strings.HasSuffix(f.Name, ".xml") || strings.HasSuffix(f.Name, ".rels") {
			for d := xml.NewDecoder(bytes.NewReader(text)); ; {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%s is no XML: %v", f.Name, err)
				}
			}
		}
	}
	return out
}

func TestABriefingAsADocumentOfWord(t *testing.T) {
	data, err := aBriefing().Word()
	if err != nil {
		t.Fatal(err)
	}
	p := parts(t, data)
	doc := p["word/document.xml"]
	for _, want := range []string{
		"Ofsted’s report &amp; &lt;you&gt;", "Elected members", "A heading", "inner", "first", "said", "Wording 3. Approved by Director Example on 24 November 2026.",
		`w:val="Heading1"`, `w:val="Heading2"`, `w:val="ListBullet"`, `w:val="ListBullet2"`, `w:val="ListNumber"`, `w:val="Quote"`,
		`w:w="11906"`, `w:h="16838"`, "w:hyperlink", "Arial",
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("the document has no %q", want)
		}
	}
	if strings.Contains(doc, "DRAFT") {
		t.Error("what is approved is called a draft")
	}
	if n := strings.Count(p["word/numbering.xml"], "startOverride"); n != 2 {
		t.Errorf("%d lists begin with 1 of their own, and not 2", n)
	}
	if !strings.Contains(p["word/_rels/document.xml.rels"], "https://example.gov.uk/p?a=1&amp;b=2") {
		t.Error("the link goes nowhere")
	}
	if core := p["docProps/core.xml"]; !strings.Contains(core, "<dc:title>Ofsted’s report &amp; &lt;you&gt;</dc:title>") || !strings.Contains(core, "en-GB") {
		t.Errorf("the properties are %s", core)
	}
	if !strings.Contains(p["word/styles.xml"], "en-GB") {
		t.Error("its spelling is checked as American")
	}
	b := aBriefing()
	b.Draft, b.Approved = true, "DRAFT. Nobody has approved this: do not send it."
	if data, err = b.Word(); err != nil || !strings.Contains(parts(t, data)["word/document.xml"], "DRAFT. Nobody") {
		t.Errorf("a draft does not say so: %v", err)
	}
}

func TestABriefingAsAnEMail(t *testing.T) {
	data, err := aBriefing().Mail("<p>As a page — with a dash</p>", time.Date(2026, 11, 24, 8, 50, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "Ofsted’s report & <you>" || m.Header.Get("X-Unsent") != "1" || m.Header.Get("To") != "" {
		t.Errorf("%q %v: %v", subject, err, m.Header)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, part.Header.Get("Content-Type")+": "+strings.ReplaceAll(string(text), "\r\n", "\n"))
	}
	if len(texts) != 2 || !strings.Contains(texts[0], "text/plain") || !strings.Contains(texts[0], "• one\n  • inner") || !strings.Contains(texts[0], "The plan (https://example.gov.uk/p?a=1&b=2)") || !strings.Contains(texts[1], "<p>As a page — with a dash</p>") {
		t.Errorf("%q", texts)
	}
}
