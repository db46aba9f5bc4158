//go:build !race

package sqlserver_test

const raceEnabled = false
