.PHONY: test race bench lint quickstart sabotage

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
