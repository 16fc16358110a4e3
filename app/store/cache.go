package store

import (
	"context"
	"slices"
	"sync"
)

// cache keeps a small collection as it was last read. It is used only over the
// embedded engine, whose data folder this process alone may open: nobody else
// can change what is kept here. See app/docs/adr/0006.
//
// What is kept is shared by everybody who reads it. The list is copied for each
// reader; what it holds is not to be changed, and the domain clones what it
// changes.
type cache[T any] struct {
	mu    sync.Mutex
	turn  uint64 // counts changes begun and ended
	valid bool
	rows  []T
}

// changing says that the collection is about to change, or has just changed.
// Writers call it on both sides: a reader who began before and ends after then
// cannot leave behind what he read.
func (c *cache[T]) changing() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn++
	c.valid, c.rows = false, nil
}

// cachedAll gives every document of a collection, from the cache where there is one.
func cachedAll[T any](ctx context.Context, s *Store, c *cache[T], collection string) ([]T, error) {
	if !s.embedded {
		return all[T](ctx, s, collection)
	}
	c.mu.Lock()
	if c.valid {
		defer c.mu.Unlock()
		return slices.Clone(c.rows), nil
	}
	turn := c.turn
	c.mu.Unlock()
	rows, err := all[T](ctx, s, collection)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.turn == turn {
		c.valid, c.rows = true, slices.Clone(rows)
	}
	return rows, nil
}

// cachedOne gives the document of an id, from the cache while that holds; one
// document is not worth reading all for.
func cachedOne[T any](ctx context.Context, s *Store, c *cache[T], collection, id, missing string, idOf func(T) string) (T, error) {
	c.mu.Lock()
	i := slices.IndexFunc(c.rows, func(v T) bool { return idOf(v) == id })
	if c.valid && i >= 0 {
		defer c.mu.Unlock()
		return c.rows[i], nil
	}
	c.mu.Unlock()
	return find[T](ctx, s, collection, id, missing)
}
