module github.com/multi-orm/orm/internal/tsql

go 1.26.0

require github.com/sqlc-dev/teesql v1.1.0
