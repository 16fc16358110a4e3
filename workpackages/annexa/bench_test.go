package annexa

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"readiness/workpackages/annexa/annexatest"
	"readiness/workpackages/annexa/tabular"
)

// peak samples how much memory the process holds, and gives the most it held
// beyond what it held at the start, in megabytes: the input does not count.
func peak(b *testing.B) (stop func() float64) {
	b.Helper()
	runtime.GC()
	read := func() uint64 {
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
		metrics.Read(s)
		n := uint64(0)
		for _, v := range s {
			n += v.Value.Uint64()
		}
		return n
	}
	start, most := read(), uint64(0)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		t := time.NewTicker(2 * time.Millisecond)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				most = max(most, read())
			case <-done:
				return
			}
		}
	})
	return func() float64 {
		close(done)
		wg.Wait()
		return float64(max(most, start)-start) / 1e6
	}
}

// BenchmarkFullReturn is a council's full return as one workbook, with every
// rule, beside what it takes merely to unzip it, and to read its cells. Run it on
// one core, with -cpu 1. app/docs/annexa.md has the figures beside other tools'.
func BenchmarkFullReturn(b *testing.B) {
	made := annexatest.New(1, 54_865)
	annexatest.Plant(made, 1, 3000)
	data, err := made.XLSX()
	if err != nil {
		b.Fatal(err)
	}
	asOf, source := made.AsOf, Source{Name: "return.xlsx", Data: data}
	made = nil
	for _, part := range []struct {
		name string
		do   func() error
	}{
		{"unzip", func() error { return unzip(data) }},
		{"read", func() error { return scan(b, source) }},
		{"check", func() error {
			r, err := Check(b.Context(), []Source{source}, Options{AsOf: asOf})
			if err == nil && r.Totals.Rows < 54_865 { // some faults add a row
				err = fmt.Errorf("%d rows", r.Totals.Rows)
			}
			return err
		}},
	} {
		b.Run(part.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			most := 0.0
			for b.Loop() {
				stop := peak(b)
				if err := part.do(); err != nil {
					b.Fatal(err)
				}
				most = max(most, stop())
			}
			b.ReportMetric(most, "peak-MB")
			b.ReportMetric(float64(len(data))/1e6, "input-MB")
		})
	}
}

func unzip(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			return err
		}
	}
	return nil
}

func scan(b *testing.B, source Source) error {
	f, err := tabular.Open(source)
	if err != nil {
		return err
	}
	for _, t := range f.Tables {
		if err := f.Scan(b.Context(), t, nil, func(int, []tabular.Cell) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkMillionContacts is List 1 with a million rows, as CSV.
func BenchmarkMillionContacts(b *testing.B) {
	for _, n := range []struct {
		name string
		rows int
	}{{"100k", 100_000}, {"1M", 1_000_000}} {
		b.Run(n.name, func(b *testing.B) {
			var buf bytes.Buffer
			if err := annexatest.StreamContacts(&buf, 1, n.rows); err != nil {
				b.Fatal(err)
			}
			data := buf.Bytes()
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			most := 0.0
			for b.Loop() {
				stop := peak(b)
				r, err := Check(b.Context(), []Source{{Name: "List 1.csv", Data: data}}, Options{AsOf: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), Single: true})
				most = max(most, stop())
				if err != nil || r.Totals.Rows != n.rows {
					b.Fatal(err)
				}
			}
			b.ReportMetric(most, "peak-MB")
			b.ReportMetric(float64(len(data))/1e6, "input-MB")
		})
	}
}

// BenchmarkFindings writes the workbook of findings of a return with 3,000 faults.
func BenchmarkFindings(b *testing.B) {
	made := annexatest.New(1, 54_865)
	annexatest.Plant(made, 1, 3000)
	data, err := made.XLSX()
	if err != nil {
		b.Fatal(err)
	}
	sources := []Source{{Name: "return.xlsx", Data: data}}
	r, err := Check(b.Context(), sources, Options{AsOf: made.AsOf})
	if err != nil {
		b.Fatal(err)
	}
	made = nil
	b.ReportAllocs()
	most := 0.0
	for b.Loop() {
		stop := peak(b)
		var out counter
		if err := r.WriteFindings(b.Context(), &out, sources); err != nil {
			b.Fatal(err)
		}
		most = max(most, stop())
	}
	b.ReportMetric(most, "peak-MB")
}

type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }
