package comms

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"strings"
	"time"

	"github.com/gomutex/godocx"
	"github.com/gomutex/godocx/docx"
	"github.com/gomutex/godocx/wml/ctypes"
	"github.com/gomutex/godocx/wml/stypes"

	"readiness/notifications"
)

// Briefing is a message as it is handed on by hand: printed, as a document, or in an
// e-mail. All three say the same.
type Briefing struct {
	Heading  string
	For      string // the audience
	Body     []notifications.Para
	Wording  int
	Approved string // "Approved by … on …"; of a draft, that it is none to be sent
	Marking  string // who may see it
	Day      string
	Draft    bool
}

const (
	font   = "Arial"
	ink    = "0B0C0C"
	grey   = "505A5F"
	red    = "B10E1E"
	blue   = "1D70B8"
	twips  = 20 // in a point
	inSize = 12 // points
)

// A4 and its margins, in twips.
const (
	pageWidth  = 11906
	pageHeight = 16838
	pageMargin = 1134 // 2 cm
)

// Word gives a briefing as a document of Word (.docx), on A4 and in Arial.
func (b Briefing) Word() ([]byte, error) {
	d, err := godocx.NewDocument()
	if err != nil {
		return nil, err
	}
	w := sheet{d}
	w.page()
	w.defaults()
	if b.Draft {
		w.line(b.Approved, look{size: inSize, bold: true, colour: red}, 0, 6)
	}
	w.line(b.Marking, look{size: 10, bold: true, colour: grey}, 0, 6)
	heading, err := d.AddHeading("", 1)
	if err != nil {
		return nil, err
	}
	heading.Spacing(0, 6*twips)
	w.run(heading, b.Heading, look{size: 20, bold: true, colour: ink})
	w.line("For: "+b.For+" · "+b.Day, look{size: 10, colour: grey}, 0, 12)
	numbered, last := 0, notifications.Words
	for _, p := range b.Body {
		if p.Kind == notifications.Numbered && last != notifications.Numbered {
			numbered = d.NewListInstance(decimal)
		}
		last = p.Kind
		if err := w.para(p, numbered); err != nil {
			return nil, err
		}
	}
	foot := fmt.Sprintf("Wording %d", b.Wording)
	if !b.Draft {
		foot += ". " + b.Approved
	}
	w.line(foot+".", look{size: 9, colour: grey}, 18, 0)
	// The properties would else name whoever made the library's empty document.
	d.FileMap.Store("docProps/core.xml", b.properties())
	var out bytes.Buffer
	if err := d.Write(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// decimal is the library's definition of the list with numbers.
const decimal = 7

// properties are those of the document: its title and language, and no name.
func (b Briefing) properties() []byte {
	var title bytes.Buffer
	_ = xml.EscapeText(&title, []byte(b.Heading)) // a buffer takes everything
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">`+
		`<dc:title>%s</dc:title><dc:creator>Readiness</dc:creator><dc:language>en-GB</dc:language></cp:coreProperties>`, title.Bytes())
}

// sheet writes paragraphs to a document.
type sheet struct{ *docx.RootDoc }

// look is how a run of text looks.
type look struct {
	size         uint64 // points
	bold, italic bool
	colour       string
}

func (w sheet) page() {
	width, height, margin := uint64(pageWidth), uint64(pageHeight), pageMargin
	w.Document.Body.SectPr = ctypes.NewSectionProper()
	w.Document.Body.SectPr.PageSize = &ctypes.PageSize{Width: &width, Height: &height, Orient: stypes.PageOrientPortrait}
	w.Document.Body.SectPr.PageMargin = &ctypes.PageMargin{Top: &margin, Bottom: &margin, Left: &margin, Right: &margin}
}

// defaults are the font and the language of what is typed into the document later.
func (w sheet) defaults() {
	of := w.DocStyles.DocDefaults
	if of == nil || of.RunProp == nil || of.RunProp.RunProp == nil {
		return
	}
	language := "en-GB"
	of.RunProp.RunProp.Lang = &ctypes.Lang{Val: &language}
	of.RunProp.RunProp.Fonts = &ctypes.RunFonts{Ascii: font, HAnsi: font}
}

func (w sheet) run(p *docx.Paragraph, text string, l look) {
	for n, line := range strings.Split(text, "\n") {
		if n > 0 {
			p.AddRun().AddBreak(nil)
		}
		r := p.AddText(line).Font(font).Size(l.size).Color(l.colour)
		if l.bold {
			r.Bold(true)
		}
		if l.italic {
			r.Italic(true)
		}
	}
}

// line adds a paragraph of one look; before and after are points.
func (w sheet) line(text string, l look, before, after uint64) {
	if text == "" {
		return
	}
	p := w.AddEmptyParagraph()
	p.Spacing(before*twips, after*twips)
	w.run(p, text, l)
}

func (w sheet) para(from notifications.Para, numbered int) error {
	var p *docx.Paragraph
	l := look{size: inSize, colour: ink}
	switch from.Kind {
	case notifications.Heading:
		h, err := w.AddHeading("", 2)
		if err != nil {
			return err
		}
		p, l = h, look{size: 14, bold: true, colour: ink}
		p.Spacing(12*twips, 4*twips)
	case notifications.Bullet:
		p = w.AddEmptyParagraph()
		p.Style([]string{"ListBullet", "ListBullet2", "ListBullet3", "ListBullet3"}[min(from.Level, 3)])
		p.Spacing(0, 4*twips)
	case notifications.Numbered:
		p = w.AddEmptyParagraph()
		p.Style("ListNumber")
		p.Numbering(numbered, 0)
		p.Spacing(0, 4*twips)
	case notifications.Quote:
		p = w.AddEmptyParagraph()
		p.Style("Quote")
		p.Spacing(0, 8*twips)
	default:
		p = w.AddEmptyParagraph()
		p.Spacing(0, 8*twips)
	}
	for _, s := range from.Spans {
		if s.URL != "" {
			link := p.AddLink(s.Text, s.URL).Font(font).Size(l.size).Color(blue).Underline(stypes.UnderlineSingle)
			if s.Bold {
				link.Bold(true)
			}
			continue
		}
		run := l
		run.bold, run.italic = l.bold || s.Bold, s.Italic
		w.run(p, s.Text, run)
	}
	return nil
}

// Plain gives a briefing as the text of an e-mail.
func (b Briefing) Plain() string {
	var out strings.Builder
	if b.Draft {
		out.WriteString(b.Approved + "\n\n")
	}
	if b.Marking != "" {
		out.WriteString(b.Marking + "\n\n")
	}
	out.WriteString(notifications.PlainBody(b.Body) + "\n")
	return out.String()
}

// Mail gives a briefing as a file that a mail program opens as a message to be sent
// (.eml): its sender fills in to whom. html is the briefing as a page.
func (b Briefing) Mail(html string, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	parts := multipart.NewWriter(&out)
	head := []string{
		"Subject: " + mime.QEncoding.Encode("utf-8", b.Heading), "Date: " + at.Format(time.RFC1123Z),
		"X-Unsent: 1", // to be sent, and not one that came
		"MIME-Version: 1.0", `Content-Type: multipart/alternative; boundary="` + parts.Boundary() + `"`, "", "",
	}
	out.WriteString(strings.Join(head, "\r\n"))
	for _, p := range []struct{ kind, text string }{{"text/plain", b.Plain()}, {"text/html", html}} {
		w, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {p.kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"}})
		if err != nil {
			return nil, err
		}
		q := quotedprintable.NewWriter(w)
		if _, err := q.Write([]byte(strings.ReplaceAll(p.text, "\n", "\r\n"))); err != nil {
			return nil, err
		}
		if err := q.Close(); err != nil {
			return nil, err
		}
	}
	if err := parts.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
