package workpackages

import "time"

// Group is a steering group.
type Group struct {
	ID        string    `bson:"_id"`
	Name      string    `bson:"name"`
	Remit     string    `bson:"remit"`
	Order     int       `bson:"order"` // place on the dashboard, from 1
	ChairID string
	Meetings []Meeting
	Version   int64     `bson:"version"`
	CreatedAt time.Time `bson:"created_at"` // UTC
}
