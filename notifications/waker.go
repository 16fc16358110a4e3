package notifications

import "sync"

// Waker lets somebody who waits to see what they did have the work looked at at once.
// The zero one is ready.
type Waker struct {
	once sync.Once
	wake chan struct{}
}

// Wake has the work looked at at once.
func (w *Waker) Wake() {
	select {
	case w.waking() <- struct{}{}:
	default: // it is about to be
	}
}

// Woken tells whoever works that Wake was called.
func (w *Waker) Woken() <-chan struct{} { return w.waking() }

func (w *Waker) waking() chan struct{} {
	w.once.Do(func() { w.wake = make(chan struct{}, 1) })
	return w.wake
}
