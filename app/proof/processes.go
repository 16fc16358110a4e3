package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// process is one that the proof started.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	lines *bufio.Scanner
}

// start starts this very program in another role. Its standard error is added to
// a file.
func start(role, log string, env []string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	w, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer w.Close() // the child has its own
	p := &process{cmd: exec.Command(self, role)}
	p.cmd.Env, p.cmd.Stderr = append(os.Environ(), env...), w
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.stdin, p.lines = stdin, bufio.NewScanner(stdout)
	return p, p.cmd.Start()
}

// line gives the next line that it prints, or "" when it has ended.
func (p *process) line() string {
	p.lines.Scan()
	return p.lines.Text()
}

// slot is the place of one copy, which is started again whenever it ends.
type slot struct {
	log string
	env []string

	mu       sync.Mutex
	now      *process
	ready    bool // it has begun to work
	killed   bool
	stopping bool
	early    int     // kills while it was starting
	fell     []error // copies that ended by themselves
	done     chan struct{}
}

// run keeps a copy running until stop.
func (s *slot) run() {
	defer close(s.done)
	for {
		s.mu.Lock()
		if s.stopping {
			s.mu.Unlock()
			return
		}
		p, err := start("copy", s.log, s.env)
		s.now, s.ready, s.killed = p, false, false
		s.mu.Unlock()
		if err == nil {
			if p.line() == ready {
				s.mu.Lock()
				s.ready = true
				s.mu.Unlock()
			}
			p.line() // ends with it
			err = p.cmd.Wait()
		}
		s.mu.Lock()
		s.now = nil
		if !s.killed && (!s.stopping || err != nil) {
			s.fell = append(s.fell, fmt.Errorf("a copy ended by itself: %w", errors.Join(err, errors.New("see "+s.log))))
			if len(s.fell) > 5 {
				s.stopping = true
			}
		}
		s.mu.Unlock()
	}
}

// kill ends the copy with a signal that it cannot catch; false: there was none.
func (s *slot) kill() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil || s.killed || s.now.cmd.Process.Kill() != nil {
		return false
	}
	s.killed = true
	if !s.ready {
		s.early++
	}
	return true
}

// stop tells the copy to end, and gives what went wrong in this place.
func (s *slot) stop(ctx context.Context) error {
	s.mu.Lock()
	s.stopping = true
	if s.now != nil {
		s.now.cmd.Process.Signal(syscall.SIGTERM)
	}
	s.mu.Unlock()
	select {
	case <-s.done:
	case <-ctx.Done():
	case <-time.After(40 * time.Second):
		s.mu.Lock()
		s.fell = append(s.fell, errors.New("a copy did not stop when it was told to"))
		s.mu.Unlock()
	}
	if s.kill() {
		<-s.done
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.fell...)
}
