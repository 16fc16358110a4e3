package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"mime"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// The front-end packages come from npm when the program is built and are never
// committed: see package.json.

//go:generate npm ci --no-audit --no-fund --loglevel=error

//go:embed node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.css
var govukCSS []byte

//go:embed node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js
var govukJS []byte

//go:embed node_modules/htmx.org/dist/htmx.min.js
var htmxJS []byte

//go:embed static
var ownFiles embed.FS

//go:embed templates
var templateFiles embed.FS

// asset is one file as it is served, under a name that changes with its content.
type asset struct {
	url, contentType string
	body             []byte
}

// assets holds every static file by its plain name.
type assets map[string]asset

func loadAssets() (assets, error) {
	a := assets{}
	a.add("govuk-frontend.min.css", withoutTransport(govukCSS))
	a.add("govuk-frontend.min.js", govukJS)
	a.add("htmx.min.js", htmxJS)
	entries, err := ownFiles.ReadDir("static")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		body, err := ownFiles.ReadFile("static/" + e.Name())
		if err != nil {
			return nil, err
		}
		if e.Name() == "app.js" {
			// A module imports by address, and the address holds the content's hash.
			body = bytes.ReplaceAll(body, []byte("./govuk-frontend.min.js"), []byte(a["govuk-frontend.min.js"].url))
		}
		a.add(e.Name(), body)
	}
	return a, nil
}

func (a assets) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	a[name] = asset{
		url:         fmt.Sprintf("/static/%s.%s%s", strings.TrimSuffix(name, ext), hex.EncodeToString(sum[:6]), ext),
		contentType: mime.TypeByExtension(ext),
		body:        body,
	}
}

// url gives the address of a static file; a name that does not exist is a fault
// in a template, which the test that renders every page finds.
func (a assets) url(name string) (string, error) {
	f, ok := a[name]
	if !ok {
		return "", fmt.Errorf("no static file is called %q", name)
	}
	return f.url, nil
}

// handler serves the static files; they may be kept for good, as a changed file
// has another address.
func (a assets) handler() fiber.Handler {
	byURL := map[string]asset{}
	for _, f := range a {
		byURL[f.url] = f
	}
	return func(c *fiber.Ctx) error {
		f, ok := byURL[c.Path()]
		if !ok {
			return fiber.ErrNotFound
		}
		c.Set(fiber.HeaderContentType, f.contentType)
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
		return c.Send(f.body)
	}
}

// withoutTransport takes the GDS Transport font out of GOV.UK Frontend's style
// sheet. Only services on GOV.UK may use it; everybody else has Arial.
func withoutTransport(css []byte) []byte {
	for {
		i := bytes.Index(css, []byte("@font-face{"))
		if i < 0 {
			break
		}
		j := bytes.IndexByte(css[i:], '}')
		css = append(css[:i:i], css[i+j+1:]...)
	}
	return bytes.ReplaceAll(css, []byte("GDS Transport,arial"), []byte("Arial"))
}
