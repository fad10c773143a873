# A producer to copy from: sends one signal to signals.v1, as a line of JSON or as Avro framed with its id in the registry.
# pip install -r services/clients/requirements.txt
import argparse
import io
import json
import os
import struct
import urllib.request
import uuid
from datetime import datetime, timezone

import fastavro
from confluent_kafka import Producer

BROKERS = os.environ.get("WEIR_KAFKA_BROKERS", "127.0.0.1:9092")
REGISTRY = os.environ.get("WEIR_KAFKA_REGISTRY_URL", "http://127.0.0.1:8081/apis/ccompat/v7")
TOPIC = os.environ.get("WEIR_KAFKA_TOPIC_PREFIX", "") + "signals.v1"


def framed(signal: dict) -> bytes:
    """A zero, four bytes of schema id, then the Avro; a field that is left out gets its default."""
    with urllib.request.urlopen(f"{REGISTRY}/subjects/{TOPIC}-weir.Signal/versions/latest", timeout=10) as answer:
        latest = json.load(answer)
    out = io.BytesIO(struct.pack(">bI", 0, latest["id"]))
    out.seek(0, io.SEEK_END)
    event_time = datetime.fromisoformat(signal["event_time"].replace("Z", "+00:00"))
    fastavro.schemaless_writer(out, fastavro.parse_schema(json.loads(latest["schema"])), {**signal, "event_time": event_time})
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description="sends one signal")
    parser.add_argument("--avro", action="store_true", help="framed Avro instead of JSON")
    parser.add_argument("signal", help='such as {"instrument":"BTC-USDT","direction":"long","source":"my_bot","signal_type":"breakout"}')
    args = parser.parse_args()
    # Of two records with one event_id, instrument and source only the first has an effect: a retry sends the same.
    signal = {"event_id": str(uuid.uuid4()), "event_time": datetime.now(timezone.utc).isoformat(), **json.loads(args.signal)}
    value = framed(signal) if args.avro else json.dumps(signal).encode()

    sent: list = []
    producer = Producer({"bootstrap.servers": BROKERS, "acks": "all", "enable.idempotence": True, "partitioner": "murmur2_random"})
    # The instrument's canonical name as the key saves a hop; without one Weir keys the signal anew.
    producer.produce(TOPIC, value, key=signal.get("instrument"), on_delivery=lambda error, message: sent.append((error, message)))
    producer.flush(30)
    if not sent or sent[0][0] is not None:
        raise SystemExit(f"not sent: {sent[0][0] if sent else 'no answer within 30 s'}")
    message = sent[0][1]
    print(json.dumps({"event_id": signal["event_id"], "partition": message.partition(), "offset": message.offset()}))


main()
