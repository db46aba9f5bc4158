package tds

import (
	"encoding/binary"
	"net"
	"testing"
	"time"
)

// An attention that comes behind the answer is acknowledged too, with a message of its own, and does not touch the next call.
func TestAttentionBehindTheAnswer(t *testing.T) {
	s := Start(t, func(*Call) Reply { return Affected(3) })
	conn, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	ask := func(kind byte, data []byte) []byte {
		t.Helper()
		packet := binary.BigEndian.AppendUint16([]byte{kind, endOfMessage}, uint16(8+len(data)))
		if _, err := conn.Write(append(append(packet, 0, 0, 1, 0), data...)); err != nil {
			t.Fatal(err)
		}
		m, err := receive(conn)
		if err != nil {
			t.Fatal(err)
		}
		return m.data
	}
	batch := appendUTF16(binary.LittleEndian.AppendUint32(nil, 4), "SELECT 1")
	ask(packetPrelogin, nil)
	ask(packetLogin, make([]byte, 94))
	for range 2 {
		if b := ask(packetBatch, batch); len(b) != 13 || b[0] != tokenDone || b[1] != doneCount || b[5] != 3 {
			t.Error(b)
		}
		if b := ask(packetAttention, nil); len(b) != 13 || b[0] != tokenDone || b[1] != doneAttention {
			t.Error(b)
		}
	}
}
