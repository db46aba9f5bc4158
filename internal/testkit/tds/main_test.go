package tds_test

import (
	"os"
	"testing"

	"github.com/multi-orm/orm/internal/testkit"
)

// TestMain runs the tests where ORM_TEST_TDS is set: the handshake with the scripted server is not yet dependable under load.
func TestMain(m *testing.M) {
	if os.Getenv("ORM_TEST_TDS") == "" {
		os.Exit(0)
	}
	os.Exit(testkit.Run(m))
}
