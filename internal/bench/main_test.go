package bench

import (
	"os"
	"testing"

	"github.com/multi-orm/orm/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }
