package store

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/x/mongo/driver/topology"

	"readiness/workpackages"
)

// translate turns the driver's errors into the domain's, here and nowhere
// else. missing is the sentence for a document that is not there.
func translate(err error, missing string) error {
	var known *workpackages.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, mongo.ErrNoDocuments):
		return workpackages.Wrap(workpackages.NotFound, err, "%s", missing)
	case mongo.IsDuplicateKeyError(err):
		return workpackages.Wrap(workpackages.Conflict, err, "There is one already")
	case isAway(err):
		return workpackages.Wrap(workpackages.Unavailable, plain(err), "The database does not answer. Try again in a minute, and look first whether your change was saved")
	}
	return err
}

func isAway(err error) bool {
	var selection topology.ServerSelectionError
	return mongo.IsTimeout(err) || mongo.IsNetworkError(err) || errors.As(err, &selection) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.Is(err, mongo.ErrClientDisconnected) || errors.Is(err, topology.ErrTopologyClosed)
}

// plain keeps only what sort of failure it was: the driver's text may carry the
// address and the user of MONGODB_URI.
func plain(err error) error {
	switch {
	case mongo.IsTimeout(err), errors.Is(err, context.DeadlineExceeded):
		return errors.New("time-out")
	case mongo.IsNetworkError(err):
		return errors.New("network error")
	}
	return errors.New("not reachable")
}
