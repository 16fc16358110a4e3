package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications"
	"readiness/workpackages"
)

// byteOrderMark tells spreadsheets that the file is UTF-8.
const byteOrderMark = "\ufeff"

var csvHeadings = []string{
	"Key", "Made", "Kind", "About", "Rules", "To", "Recipient id", "Title", "Reason", "Text", "State", "What became of it",
	"Attempts", "Tries", "Not before", "Not after", "Sent", "Slack conversation", "Slack timestamp", "Thread", "Place in thread",
	"Changes", "Sent again", "Sent again by",
}

// messagesCSV is the send ledger as a file for a spreadsheet, with the page's filters.
func (s *Server) messagesCSV(c *fiber.Ctx) error {
	f, err := s.filter(ledgerQueryOf(c))
	if err != nil {
		return err
	}
	all, err := s.Ledger.Messages(c.UserContext(), f)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString(byteOrderMark)
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	rows := [][]string{csvHeadings}
	for _, m := range all {
		rows = append(rows, s.csvRow(m))
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="messages-`+string(workpackages.DateOf(s.Now(), s.Zone))+`.csv"`)
	return c.Status(http.StatusOK).Send(b.Bytes())
}

func (s *Server) csvRow(m notifications.Message) []string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(s.Zone).Format("2006-01-02 15:04:05")
	}
	kind := "Message"
	if m.Op == notifications.Edit {
		kind = "Change of a message"
	}
	var tries []string
	for _, t := range m.Tries {
		line := at(t.At) + " " + tryWords(t.Outcome, m.Op == notifications.Edit)
		if t.Detail != "" {
			line += ": " + t.Detail
		}
		tries = append(tries, line)
	}
	place := ""
	if m.Thread != "" {
		place = strconv.Itoa(m.Slot + 1)
	}
	row := []string{
		m.ID, at(m.CreatedAt), kind, m.About(), strings.Join(rulesOf(m), " "), m.RecipientName, m.RecipientID, m.Title, m.Reason, m.Preview,
		newStateTag(m).Word, m.Detail, strconv.Itoa(m.Attempts), strings.Join(tries, "\n"), at(m.NotBefore), at(m.NotAfter), at(m.SentAt),
		m.Channel, m.Timestamp, m.Thread, place, m.Target, strconv.Itoa(m.Again), m.ResentBy,
	}
	for i := range row {
		row[i] = safeCell(row[i])
	}
	return row
}

// rulesOf gives every rule a message speaks for; those of old name one.
func rulesOf(m notifications.Message) []string {
	if len(m.Rules) == 0 {
		return []string{m.Rule}
	}
	return m.Rules
}

// safeCell keeps a spreadsheet from taking text for a formula: what people typed
// must never be worked out on the machine of whoever opens the file.
func safeCell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0]) {
		return "'" + text
	}
	return text
}
