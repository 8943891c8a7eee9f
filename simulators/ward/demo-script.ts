/** What the demo shows, and when: seconds after its start. The models are told of it, the address list prints it. */
export const demoScript = {
  deterioration: { bed: 3, fromMinute: 0.2, toMinute: 2.5, text: 'Bed 3: heart rate climbs, saturation falls' },
  leadOff: { bed: 5, at: 75, until: 110, text: 'Bed 5: an EKG lead comes off, and is put back' },
  occlusion: { bed: 4, at: 40, text: 'Bed 4: the infusion line is blocked' },
  door: { at: 20, text: 'Medicines refrigerator: the door stays open' },
  glucose: { bed: 6, ago: 60, value: 48, text: 'Bed 6: the glucose meter is read; its newest result is low' },
} as const;
