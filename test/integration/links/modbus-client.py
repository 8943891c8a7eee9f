"""A pymodbus client for tests: prints what it reads as JSON.
Usage: modbus-client.py rtu PATH | tcp PORT"""
import json
import sys

from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.transaction import ModbusRtuFramer

kind, where = sys.argv[1:3]
if kind == "rtu":
    client = ModbusSerialClient(port=where, framer=ModbusRtuFramer, baudrate=9600, timeout=1)
else:
    client = ModbusTcpClient("127.0.0.1", port=int(where), timeout=1)
client.connect()
said = []
for unit in (1, 2):
    said.append(client.read_input_registers(1, 2, slave=unit).registers)
    said.append(client.read_holding_registers(100, 125, slave=unit).registers[-1])
said.append(client.read_input_registers(5000, 1, slave=1).exception_code)
said.append(client.write_register(1, 7, slave=1).exception_code)
said.append(client.read_coils(1, 1, slave=1).exception_code)
print(json.dumps(said))
