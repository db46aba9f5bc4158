package source

// Location says where a source's database is, as far as it can be shown: no user and no password.
type Location struct {
	Database string // "" where it has no name
	Host     string // "" for embedded databases, and where statements go to several servers
	Port     int
}

// Located is a source that knows where its database is. Location is called for each statement that is observed.
type Located interface {
	Location() Location
}
