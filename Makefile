.PHONY: test race bench lint quickstart sabotage soak

# Installs what is missing, then gofmt, vet and every test with a real PostgreSQL.
test:
	.ci/test

# Every test under the race detector, the long suites too; about forty minutes on two cores.
race:
	go run ./internal/testkit/cmd/pgrun -- go test -timeout 60m -race ./...

bench:
	go run ./internal/testkit/cmd/pgrun -- go test -run '^$$' -bench . -benchmem ./...

lint:
	golangci-lint run ./...

quickstart:
	go run ./examples/quickstart

# Proves that the isolation tests notice every guard that is taken away; some minutes.
sabotage:
	.ci/sabotage

# Half an hour of transfers through a storm of faults, under the race detector: what each call said is held against what the
# database holds.
soak:
	ORM_SOAK=30m go run ./internal/testkit/cmd/pgrun -- go test -timeout 45m -race -v -run '^TestLedger$$' ./internal/resilience
