package web

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

// desk is where Annexe A checks are done: those that run in this process, and
// the newest upload of each person for as long as it may be downloaded again.
// What is here holds children's data, so it is only ever in memory, bounded in
// bytes and time, and gone with the process.
type desk struct {
	run    func(ctx context.Context, sources []annexa.Source, o annexa.Options) (*annexa.Report, error)
	own    *annexa.Settings // the council's own; nil: none
	record func(ctx context.Context, j *job, r *annexa.Report) error
	now    func() time.Time
	log    *slog.Logger
	count  *metrics
	slots  chan struct{} // one for each check that may run at once

	ctx    context.Context // ends with the process
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu   sync.Mutex
	room int64 // bytes that uploads may still take
	jobs map[string]*job
	kept []kept // the oldest first
}

// The bounds of the desk.
const (
	checksAtOnce = 2
	checkTimeout = 15 * time.Minute // of one check, with its wait
	keepFor      = 30 * time.Minute // an upload, for its findings; and word of a check that failed
	keepPeople   = 4
	keepBytes    = 512 << 20
)

// job is one check on the desk.
type job struct {
	ID      string
	By      workpackages.Actor
	Origin  workpackages.Origin
	AsOf    workpackages.Date
	sources []annexa.Source
	bytes   int64
	left    bool          // its person has signed out: the upload is not kept; under the desk's lock
	done    chan struct{} // closed at the end

	mu    sync.Mutex
	stage string
	share float64
	err   error // after done: why there is no result
}

// waiting is the stage before a check has a slot.
const waiting = "Waiting for another check to end"

func (j *job) progress(stage string, share float64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.stage, j.share = stage, share
}

// state gives how far the check is: a stage in words and whole percent.
func (j *job) state() (stage string, percent int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.stage, int(100 * min(max(j.share, 0), 1))
}

// finished reports whether the check has ended, and with what error.
func (j *job) finished() (bool, error) {
	select {
	case <-j.done:
		return true, j.err
	default:
		return false, nil
	}
}

// kept is an upload that can still be written out as a workbook of findings.
type kept struct {
	id, by  string
	until   time.Time
	bytes   int64
	sources []annexa.Source
	report  *annexa.Report
	asOf    workpackages.Date
}

// reserve takes room for an upload; release gives it back.
func (d *desk) reserve(n int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n > d.room {
		return errNoRoom
	}
	d.room -= n
	return nil
}

func (d *desk) release(n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room += n
}

// start begins a check in the background. The job's bytes are reserved already,
// and are given back at its end.
func (d *desk) start(j *job) {
	j.done, j.stage = make(chan struct{}), waiting
	d.mu.Lock()
	d.jobs[j.ID] = j
	d.mu.Unlock()
	d.work.Go(func() {
		began := time.Now()
		report, err := d.check(j)
		d.end(j, report, err, time.Since(began))
	})
}

// check waits its turn, checks and records. A panic is an error like others: it
// must not end the product.
func (d *desk) check(j *job) (r *annexa.Report, err error) {
	ctx, cancel := context.WithTimeout(d.ctx, checkTimeout)
	defer cancel()
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	j.progress("Reading the files", 0)
	err = workpackages.Safely("the check", func() (err error) {
		r, err = d.run(ctx, j.sources, annexa.Options{AsOf: j.AsOf.Time(), Single: annexa.Single(j.sources), Settings: d.own, Progress: j.progress})
		if err != nil {
			return err
		}
		j.progress("Keeping the result", 1)
		return d.record(ctx, j, r)
	})
	return r, err
}

// end settles a job: what is counted, logged, kept and told.
func (d *desk) end(j *job, r *annexa.Report, err error, took time.Duration) {
	var unread *annexa.ReadError
	outcome, bytes := "failed", j.bytes
	attrs := []any{"category", "annexa", "check", j.ID, "files", len(j.sources), "bytes", bytes, "took", took}
	switch {
	case err == nil:
		outcome = string(r.Fit.Verdict)
		d.log.Info("annexa check", append(attrs, "outcome", outcome, "lists", r.Totals.Found, "errors", r.Totals.Errors)...)
	case errors.As(err, &unread):
		outcome = "unreadable" // and nothing of the error, which names a file
		d.log.Info("annexa check", append(attrs, "outcome", outcome)...)
	default:
		d.log.Error("annexa check", append(attrs, "outcome", outcome, "error", err)...)
	}
	d.count.checked(outcome, took)
	d.mu.Lock()
	d.room += j.bytes
	if err == nil && !j.left {
		d.keep(kept{id: j.ID, by: j.By.ID, until: d.now().Add(keepFor), bytes: j.bytes, sources: j.sources, report: r, asOf: j.AsOf})
	}
	if err == nil {
		delete(d.jobs, j.ID)
	}
	j.sources = nil
	d.mu.Unlock()
	j.err = err
	close(j.done)
	time.AfterFunc(keepFor, func() { d.sweep(j.ID) })
}

// keep puts an upload in place of its person's last, and drops the oldest ones
// beyond the bounds. The caller holds the lock.
func (d *desk) keep(k kept) {
	d.kept = slices.DeleteFunc(d.kept, func(o kept) bool { return o.by == k.by })
	total := k.bytes
	for _, o := range d.kept {
		total += o.bytes
	}
	for len(d.kept) > 0 && (len(d.kept) >= keepPeople || total > keepBytes) {
		total -= d.kept[0].bytes
		d.kept = slices.Delete(d.kept, 0, 1)
	}
	if k.bytes <= keepBytes {
		d.kept = append(d.kept, k)
	}
}

// sweep drops what has run out, and word of an old check.
func (d *desk) sweep(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.jobs, id)
	now := d.now()
	d.kept = slices.DeleteFunc(d.kept, func(k kept) bool { return k.id == id || !now.Before(k.until) })
}

// forget drops everything kept of a person, who has signed out. A check of theirs
// that runs goes on, and its upload is dropped at its end.
func (d *desk) forget(by string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept = slices.DeleteFunc(d.kept, func(k kept) bool { return k.by == by })
	for _, j := range d.jobs {
		j.left = j.left || j.By.ID == by
	}
}

// job gives a check that runs here, or that failed here lately.
func (d *desk) job(id string) (*job, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	j, ok := d.jobs[id]
	return j, ok
}

// upload gives the upload of a check to whoever uploaded it, while it is kept.
func (d *desk) upload(id, by string) (kept, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	for _, k := range d.kept {
		if k.id == id && k.by == by && now.Before(k.until) {
			return k, true
		}
	}
	return kept{}, false
}

// stop ends what runs and waits for it.
func (d *desk) stop(ctx context.Context) error {
	d.cancel()
	ended := make(chan struct{})
	go func() { d.work.Wait(); close(ended) }()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
