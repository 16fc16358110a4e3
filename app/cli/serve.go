package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"readiness/app/auth"
	"readiness/app/server"
	"readiness/config"
)

// serve runs the product until it is told to stop.
func serve(ctx context.Context, cfg config.Config, log *slog.Logger, stdout, stderr io.Writer) int {
	s, err := server.New(ctx, server.Options{Config: cfg, Log: log, Now: time.Now, Version: Version, Command: command})
	if err != nil {
		return fail(stderr, err)
	}
	// The link is made before anybody can come in, and shown once.
	first, err := s.System.Auth.FirstLink(ctx)
	if err != nil {
		fail(stderr, err)
		if err := s.Stop(); err != nil {
			log.Error("stopping", "error", err)
		}
		return exitFailed
	}
	s.Start()
	fmt.Fprintf(stdout, "Readiness %s listens on http://%s\n", Version, s.Addr())
	if cfg.BaseURL != "http://"+cfg.Addr {
		fmt.Fprintf(stdout, "People reach it at %s\n", cfg.BaseURL)
	}
	if s.System.Store.Embedded() {
		fmt.Fprintf(stdout, "The data is in %s\n", cfg.DataDir)
	}
	if first != "" {
		fmt.Fprintf(stdout, "\nNobody can sign in as assistant director yet. Open this link within %d minutes to become the first; it works once:\n  %s/link/%s\n", int(auth.FirstLinkFor.Minutes()), linkBase(cfg, s.Addr()), first)
	}
	if !cfg.SlackBotToken.IsSet() {
		fmt.Fprintln(stdout, "\nSlack is not connected: messages are kept on the page Messages. SLACK_BOT_TOKEN connects it.")
	}
	code := exitOK
	select {
	case <-ctx.Done():
		log.Info("stopping", "category", "server")
	case err := <-s.Failed():
		log.Error("HTTP ended", "category", "server", "error", err)
		code = exitFailed
	}
	if err := s.Stop(); err != nil {
		log.Error("not everything stopped in time", "category", "server", "error", err)
		code = exitFailed
	}
	log.Info("stopped", "category", "server")
	return code
}

// linkBase is where the first link points: with port 0 only the listener knows.
func linkBase(cfg config.Config, addr string) string {
	if cfg.BaseURL == "http://"+cfg.Addr {
		return "http://" + addr
	}
	return cfg.BaseURL
}
