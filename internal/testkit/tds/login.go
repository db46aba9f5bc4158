package tds

import (
	"encoding/binary"
	"errors"
)

// Login is what a client said when it connected.
type Login struct {
	User, Password, Database, App string
}

// prelogin answers that there is no encryption.
func prelogin() []byte {
	// options VERSION, ENCRYPTION, INSTOPT, THREADID and MARS, each with offset and length
	options := []struct {
		token byte
		data  []byte
	}{{0, []byte{16, 0, 0x10, 0, 0, 0}}, {1, []byte{2}}, {2, []byte{0}}, {3, nil}, {4, []byte{0}}}
	at := 5*len(options) + 1
	var head, body []byte
	for _, o := range options {
		head = append(head, o.token)
		head = binary.BigEndian.AppendUint16(head, uint16(at+len(body))) //nolint:gosec // a few bytes
		head = binary.BigEndian.AppendUint16(head, uint16(len(o.data)))  //nolint:gosec // a few bytes
		body = append(body, o.data...)
	}
	return append(append(head, 0xff), body...)
}

// readLogin reads LOGIN7.
func readLogin(data []byte) (Login, error) {
	const names = 36 // where the table of offsets begins
	field := func(i int) string {
		at := names + 4*i
		if at+4 > len(data) {
			return ""
		}
		from, n := int(binary.LittleEndian.Uint16(data[at:])), int(binary.LittleEndian.Uint16(data[at+2:]))
		if from+2*n > len(data) {
			return ""
		}
		return string(data[from : from+2*n])
	}
	if len(data) < names+4*9 {
		return Login{}, errors.New("tds: the login is too short")
	}
	password := []byte(field(2))
	for i, c := range password {
		c ^= 0xa5
		password[i] = c<<4 | c>>4
	}
	return Login{User: fromUTF16([]byte(field(1))), Password: fromUTF16(password), App: fromUTF16([]byte(field(3))), Database: fromUTF16([]byte(field(8)))}, nil
}

// The tokens of replies.
const (
	tokenMetadata = 0x81
	tokenError    = 0xaa
	tokenInfo     = 0xab
	tokenLoginAck = 0xad
	tokenRow      = 0xd1
	tokenEnv      = 0xe3
	tokenDone     = 0xfd
	tokenDoneProc = 0xfe
	tokenDoneIn   = 0xff
)

// The changes of the environment.
const (
	envDatabase   = 1
	envPacketSize = 4
	envBegin      = 8
	envCommit     = 9
	envRollback   = 10
)

// loggedIn lets a client in.
func loggedIn(database string) []byte {
	b := appendEnvText(nil, envDatabase, database, "master")
	b = appendEnvText(b, envPacketSize, "4096", "4096")
	ack := []byte{1, 0x74, 0, 0, 4}
	ack = appendShort(ack, "scripted")
	ack = append(ack, 16, 0, 0x10, 0)
	b = append(b, tokenLoginAck)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(ack))) //nolint:gosec // a few bytes
	return appendDone(append(b, ack...), tokenDone, 0, 0)
}

func appendEnvText(b []byte, kind byte, is, was string) []byte {
	body := appendShort(appendShort([]byte{kind}, is), was)
	b = append(b, tokenEnv)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body))) //nolint:gosec // a few bytes
	return append(b, body...)
}

// appendEnvTx tells that a transaction began, or ended.
func appendEnvTx(b []byte, kind byte, id uint64) []byte {
	body := []byte{kind}
	var bytes [8]byte
	binary.LittleEndian.PutUint64(bytes[:], id)
	if kind == envBegin {
		body = append(append(append(body, 8), bytes[:]...), 0)
	} else {
		body = append(append(append(body, 0), 8), bytes[:]...)
	}
	b = append(b, tokenEnv)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body))) //nolint:gosec // a few bytes
	return append(b, body...)
}

// The bits of DONE.
const (
	doneMore      = 1
	doneError     = 2
	doneCount     = 16
	doneAttention = 32
)

func appendDone(b []byte, token byte, status uint16, rows int64) []byte {
	b = append(b, token)
	b = binary.LittleEndian.AppendUint16(b, status)
	b = binary.LittleEndian.AppendUint16(b, 0)
	return binary.LittleEndian.AppendUint64(b, uint64(rows)) //nolint:gosec // numbers of rows are not negative
}

// Error is an error or, with a Class of 10 and below, a message of the server.
type Error struct {
	Number  int32
	State   byte
	Class   byte // 11 to 16 are errors of the statement, 20 and above end the connection
	Message string
}

func (e *Error) append(b []byte) []byte {
	body := binary.LittleEndian.AppendUint32(nil, uint32(e.Number)) //nolint:gosec // the bits as they are
	body = append(body, e.State, e.Class)
	body = appendLong(body, e.Message)
	body = appendShort(appendShort(body, "scripted"), "")
	body = binary.LittleEndian.AppendUint32(body, 1)
	token := byte(tokenError)
	if e.Class <= 10 {
		token = tokenInfo
	}
	b = append(b, token)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body))) //nolint:gosec // messages of tests are short
	return append(b, body...)
}
