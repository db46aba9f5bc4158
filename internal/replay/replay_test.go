package replay

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// msg makes a message of type typ.
func msg(typ byte, body string) []byte {
	b := binary.BigEndian.AppendUint32([]byte{typ}, uint32(4+len(body)))
	return append(b, body...)
}

func join(ms ...[]byte) []byte { return bytes.Join(ms, nil) }

func hello(code uint32, rest string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(rest)))
	return append(binary.BigEndian.AppendUint32(b, code), rest...)
}

const version3 = 3 << 16

func ready(state byte) []byte { return msg('Z', string(state)) }

func TestSplitter(t *testing.T) {
	sync, flush := msg('S', ""), msg('H', "")
	for name, c := range map[string]struct {
		in   []byte
		want []int
		err  error
	}{
		"start-up and queries": {join(hello(version3, "user\x00x\x00\x00"), msg('Q', "a\x00"), msg('P', "\x00b\x00"), sync), []int{16, 7, 13}, nil},
		"TLS first":            {join(hello(codeTLS, ""), hello(version3, ""), msg('X', "")), []int{8, 8, 5}, nil},
		"copy":                 {join(hello(version3, ""), msg('Q', "c\x00"), msg('d', "row"), msg('c', "")), []int{8, 7, 13}, nil},
		"half a message":       {join(hello(version3, ""), msg('Q', "abc")[:6]), []int{8}, nil},
		"flush":                {join(hello(version3, ""), flush), []int{8}, errFlush},
		"no start-up":          {[]byte("GET / HTTP/1.1\r\n"), nil, errMalformed},
		"a length below four":  {join(hello(version3, ""), []byte{'Q', 0, 0, 0, 3}), []int{8}, errMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			var s splitter
			var got []int
			in := c.in
			for {
				n, k, err := s.next(in)
				if err != c.err && (err != nil || len(got) == len(c.want)) {
					t.Fatalf("error %v; want %v", err, c.err)
				}
				if err != nil || k == incomplete {
					break
				}
				got = append(got, n)
				in = in[n:]
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("requests of %v bytes; want %v", got, c.want)
			}
		})
	}
}

// However the bytes arrive, the requests are the same, and nothing of any input makes it panic.
func FuzzSplitter(f *testing.F) {
	f.Add(join(hello(version3, "user\x00x\x00\x00"), msg('Q', "a\x00"), msg('P', "\x00b\x00"), msg('S', "")), uint8(3))
	f.Add(join(hello(codeTLS, ""), hello(version3, ""), msg('d', "x"), msg('c', "")), uint8(1))
	f.Add(hello(codeCancel, "12345678"), uint8(7))
	f.Add([]byte("GET / HTTP/1.1\r\n"), uint8(2))
	f.Fuzz(func(t *testing.T, in []byte, step uint8) {
		all := func(step int) (out []string, failed bool) {
			var s splitter
			var buf []byte
			for at := 0; at < len(in); at += step {
				buf = append(buf, in[at:min(at+step, len(in))]...)
				for {
					n, k, err := s.next(buf)
					if err != nil {
						return out, true
					}
					if k == incomplete {
						break
					}
					if n < 1 || n > len(buf) {
						t.Fatalf("a request of %d bytes in %d", n, len(buf))
					}
					out = append(out, fmt.Sprint(k, buf[:n]))
					buf = buf[n:]
				}
			}
			return out, false
		}
		whole, bad := all(max(1, len(in)))
		parts, badParts := all(1 + int(step))
		if bad != badParts || fmt.Sprint(whole) != fmt.Sprint(parts) {
			t.Errorf("whole: %v %v; in parts: %v %v", whole, bad, parts, badParts)
		}
		_ = describe(in)
	})
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := sample(f).write(&b); err != nil {
		f.Fatal(err)
	}
	if _, err := unpack(bytes.NewReader(b.Bytes())); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:len(magic)+3])
	f.Fuzz(func(_ *testing.T, in []byte) {
		_, _ = unpack(bytes.NewReader(in)) // it must not panic, nor take memory that the input does not have
	})
}

func sample(tb testing.TB) *Tape {
	tb.Helper()
	var tape Tape
	add := func(state byte, request, response []byte) {
		if err := tape.record(state, request, response); err != nil {
			tb.Fatal(err)
		}
	}
	err := tape.recordStartup(join(msg('R', "\x00\x00\x00\x0asecret"), msg('R', "\x00\x00\x00\x00"), msg('S', "a\x00b\x00"), msg('K', "12345678"), msg('N', "x"), ready('I')))
	if err != nil {
		tb.Fatal(err)
	}
	add('I', msg('Q', "one\x00"), join(msg('T', "cols"), msg('D', "row"), msg('C', "SELECT 1\x00"), ready('I')))
	add('I', msg('Q', "begin\x00"), join(msg('C', "BEGIN\x00"), ready('T')))
	add('T', msg('Q', "one\x00"), join(msg('D', "in tx"), ready('T')))
	add('I', msg('Q', "many\x00"), join(msg('T', "cols"), rows(40_003), msg('C', "SELECT 40003\x00"), ready('I')))
	add('I', msg('Q', "copy\x00"), msg('G', "\x00\x00\x00"))
	add('I', join(msg('d', "row"), msg('c', "")), join(msg('C', "COPY 1\x00"), ready('I')))
	return &tape
}

func rows(n int) []byte {
	var out []byte
	for i := range n {
		out = append(out, msg('D', fmt.Sprintf("%06d", i%foldInto))...)
	}
	return out
}

// ask sends request in two parts and reads until ReadyForQuery.
func ask(t testing.TB, c net.Conn, request []byte) []byte {
	t.Helper()
	for _, b := range [][]byte{request[:len(request)/2], request[len(request)/2:]} {
		if _, err := c.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	var got []byte
	buf := make([]byte, 777)
	for at := 0; ; {
		n, err := c.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, buf[:n]...)
		for {
			m, err := message(got[at:])
			if err != nil {
				t.Fatal(err)
			}
			if m == nil {
				break
			}
			if at += len(m); ends(m) {
				return got
			}
		}
	}
}

func TestPlay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "x.gz")
	if err := sample(t).Save(path); err != nil {
		t.Fatal(err)
	}
	saved, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tape, err := Read(bytes.NewReader(saved))
	if err != nil {
		t.Fatal(err)
	}
	if tape.Len() != 6 {
		t.Errorf("%d exchanges; want 6", tape.Len())
	}
	c, err := tape.Dial("Key/orm")(t.Context(), "tcp", "anywhere:1")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	want := join(msg('R', "\x00\x00\x00\x00"), msg('S', "a\x00b\x00"), msg('K', strings.Repeat("\x00", 8)), ready('I'))
	if got := ask(t, c, hello(version3, "user\x00x\x00\x00")); !bytes.Equal(got, want) {
		t.Errorf("start-up: %q; want %q", got, want)
	}
	for _, x := range []struct{ request, response []byte }{
		{msg('Q', "one\x00"), join(msg('T', "cols"), msg('D', "row"), msg('C', "SELECT 1\x00"), ready('I'))},
		{msg('Q', "many\x00"), join(msg('T', "cols"), rows(40_003), msg('C', "SELECT 40003\x00"), ready('I'))},
		{msg('Q', "copy\x00"), msg('G', "\x00\x00\x00")},
		{join(msg('d', "row"), msg('c', "")), join(msg('C', "COPY 1\x00"), ready('I'))},
		{msg('Q', "begin\x00"), join(msg('C', "BEGIN\x00"), ready('T'))},
		{msg('Q', "one\x00"), join(msg('D', "in tx"), ready('T'))},
	} {
		if got := ask(t, c, x.request); !bytes.Equal(got, x.response) {
			t.Errorf("%q: %d bytes, other than the %d recorded", describe(x.request), len(got), len(x.response))
		}
	}
	again := filepath.Join(t.TempDir(), "y.gz")
	for i, x := range tape.exchanges {
		if x.request != sample(t).exchanges[i].request {
			t.Errorf("exchange %d moved", i)
		}
	}
	if err := sample(t).Save(again); err != nil {
		t.Fatal(err)
	}
}

func TestPlayUnknown(t *testing.T) {
	for name, c := range map[string]struct {
		request []byte
		want    string
	}{
		"query":     {msg('Q', "select 2\x00"), `query "select 2"`},
		"prepare":   {join(msg('P', "s1\x00select 3\x00\x00\x00"), msg('S', "")), `prepare "select 3" as "s1"`},
		"statement": {join(msg('B', "\x00s1\x00...."), msg('S', "")), `run statement "s1" with 4 bytes`},
		"describe":  {join(msg('D', "Ss1\x00"), msg('S', "")), `message 'D' for "s1"`},
		"copy":      {join(msg('d', "x"), msg('f', "")), "11 bytes of copied rows"},
		"call":      {msg('F', "\x00\x00\x00\x07"), "call of function 7"},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := sample(t).Dial("List100/orm")(t.Context(), "", "")
			if err != nil {
				t.Fatal(err)
			}
			ask(t, conn, hello(version3, ""))
			_, err = conn.Write(c.request)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "List100/orm") {
				t.Errorf("error %v; want one that names the workload and says %s", err, c.want)
			}
			if _, again := conn.Read(make([]byte, 10)); again != err {
				t.Errorf("then Read fails with %v; want the same", again)
			}
		})
	}
}

func TestPlayClose(t *testing.T) {
	c, err := sample(t).Dial("x")(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		if _, err := c.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("a closed connection reads %v; want the end", err)
		}
	})
	time.Sleep(time.Millisecond)
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	wait.Wait()
	if _, err := c.Write([]byte("x")); err != net.ErrClosed {
		t.Errorf("a closed connection writes %v", err)
	}
}

func TestPlayAllocatesNothing(t *testing.T) {
	c, err := sample(t).Dial("x")(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	ask(t, c, hello(version3, ""))
	request, buf := msg('Q', "one\x00"), make([]byte, 1024)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := c.Write(request); err != nil {
			t.Error(err)
		}
		if _, err := c.Read(buf); err != nil {
			t.Error(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations per round trip; want none", n)
	}
}

// server answers a recorded start-up with a password, then each request of script in turn.
func server(t *testing.T, c net.Conn, script map[string][]byte) {
	defer c.Close()
	var s splitter
	var buf []byte
	chunk := make([]byte, 5)
	auth := false
	for {
		n, err := c.Read(chunk)
		if err != nil {
			return
		}
		buf = append(buf, chunk[:n]...)
		if auth {
			m, _ := message(buf)
			if m == nil {
				continue
			}
			buf, auth = buf[len(m):], false
			_, _ = c.Write(join(msg('R', "\x00\x00\x00\x00"), msg('K', "12345678"), ready('I')))
		}
		for {
			n, k, err := s.next(buf)
			if err != nil || k == incomplete {
				break
			}
			request := string(buf[:n])
			buf = buf[n:]
			switch k {
			case startup:
				auth = true
				_, _ = c.Write(msg('R', "\x00\x00\x00\x03"))
			case query:
				if script[request] == nil {
					t.Errorf("the server was asked %q", request)
				}
				_, _ = c.Write(script[request])
			}
		}
	}
}

func TestRecord(t *testing.T) {
	one, begin := string(msg('Q', "one\x00")), string(join(msg('P', "\x00begin\x00\x00\x00"), msg('S', "")))
	script := map[string][]byte{
		one:   join(msg('D', "row"), ready('I')),
		begin: join(msg('1', ""), ready('T')),
	}
	var wait sync.WaitGroup
	defer wait.Wait()
	r := &Recorder{Dial: func(context.Context, string, string) (net.Conn, error) {
		a, b := net.Pipe()
		wait.Go(func() { server(t, b, script) })
		return a, nil
	}}
	c, err := r.DialContext(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(hello(version3, "")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 9)); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, c, msg('p', "hunter2\x00")); !bytes.HasSuffix(got, ready('I')) {
		t.Fatalf("after the password: %q", got)
	}
	for _, request := range []string{one, begin} {
		if got := ask(t, c, []byte(request)); !bytes.Equal(got, script[request]) {
			t.Errorf("%q answered %q", request, got)
		}
	}
	_ = c.Close()
	tape, err := r.Tape()
	if err != nil {
		t.Fatal(err)
	}
	if tape.Len() != 2 || tape.find('I', []byte(one)) == nil || tape.find('I', []byte(begin)).after != 'T' {
		t.Errorf("recorded %d exchanges; want the two, with their states", tape.Len())
	}
	if want := join(msg('R', "\x00\x00\x00\x00"), msg('K', strings.Repeat("\x00", 8)), ready('I')); !bytes.Equal(tape.startup, want) {
		t.Errorf("start-up %q; want %q", tape.startup, want)
	}
}

func TestRecordRefusesEncryption(t *testing.T) {
	a, b := net.Pipe()
	defer b.Close()
	r := &Recorder{Dial: func(context.Context, string, string) (net.Conn, error) { return a, nil }}
	c, err := r.DialContext(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() { _, _ = io.Copy(io.Discard, b) }()
	if _, err := c.Write(hello(codeTLS, "")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Tape(); err == nil || !strings.Contains(err.Error(), "sslmode=disable") {
		t.Errorf("error %v; want a word about sslmode", err)
	}
}
