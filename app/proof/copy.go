package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"

	"readiness/app/server"
	"readiness/config"
	"readiness/notifications"
	"readiness/schedules"
)

// Settings of the processes that the proof starts, beside the program's own.
const (
	envPlan  = "PROOF_PLAN"  // as JSON
	envLease = "PROOF_LEASE" // a length of time
	envDir   = "PROOF_DIR"   // folder of the embedded engine
	envMany  = "PROOF_COPIES"
)

// ready is what a copy says on its standard output when it has begun.
const ready = "ready"

// beCopy is the program with one job more, until it is told to stop.
func beCopy(ctx context.Context) error {
	cfg, err := config.Load(os.Getenv)
	if err != nil {
		return err
	}
	var p Plan
	if err := json.Unmarshal([]byte(os.Getenv(envPlan)), &p); err != nil {
		return err
	}
	lease, err := time.ParseDuration(os.Getenv(envLease))
	if err != nil {
		return err
	}
	many, err := strconv.Atoi(os.Getenv(envMany))
	if err != nil {
		return err
	}
	var s *server.Server
	job := p.Job(func(ctx context.Context, m notifications.Message) (bool, error) {
		return s.System.Outbox.Enqueue(ctx, m)
	})
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: cfg.LogLevel}))
	if s, err = server.New(ctx, server.Options{
		Config: cfg, Log: log, Now: time.Now, Version: "proof", Jobs: []schedules.Job{job}, Lease: lease,
	}); err != nil {
		return err
	}
	s.System.Outbox.Window = nil // at any hour
	// Those that were killed in the last minute would count among the copies that
	// share the pace, which is right where a copy dies now and then.
	s.System.Outbox.Copies = func() int { return many }
	s.Start()
	fmt.Println(ready)
	select {
	case <-ctx.Done():
		return s.Stop()
	case err := <-s.Failed():
		return errors.Join(err, s.Stop())
	}
}

// beEngine serves the embedded engine to other processes, and says where.
func beEngine(ctx context.Context) error {
	f, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Handler:   "sqlite",
		SQLiteURL: "file:" + os.Getenv(envDir) + "/",
		Logger:    slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	go func() { fmt.Println(f.MongoDBURI()) }() // it is known once the engine runs
	return f.Run(ctx)
}
